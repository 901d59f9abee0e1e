"""The engine's own process: `python -m deployer.engine.process.serve`, started by `launch` only.

Its orders come on standard input. It ends when standard input does, or when its parent is no longer its parent (a fork
of the parent may hold the other end of the pipe), so it ends with its parent however that one ends. Data in a folder is
closed properly, within limits; what is in memory goes at once, with every process that a flow has started.
"""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import socket
import sys
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import uvicorn

from deployer.engine.describe.types import describe
from deployer.engine.http.addresses import WILDCARDS
from deployer.engine.http.app import application
from deployer.engine.jvm.context import boot
from deployer.engine.jvm.register import register
from deployer.engine.jvm.tables import save_tables
from deployer.engine.process import data
from deployer.engine.process.handshake import Answer, Orders, read_orders, script_beside
from deployer.engine.runtime.runtime import runtime_of
from deployer.errors import EngineError

CLOSING = 10.0  # seconds that closing the data may take
_IDLE = 300  # seconds an idle connection stays open, as at Kestra; with uvicorn's 5, both ends give it up at once
_WATCH = 1000  # milliseconds between two checks that the parent is still there
_ROUNDS = 3  # attempts to remove a folder that Java's threads may still write to
_SOCKETS = Path("/tmp")  # noqa: S108
"""Where Java with `-Xrs` makes a socket for its tools, on Linux. It removes it only where it ends the process."""


class Lifeline:
    """Watches the parent, and ends this process when it is gone."""

    def __init__(self, given: Orders) -> None:
        self._orders = given
        self._parent = os.getppid()
        self.server: uvicorn.Server | None = None
        self._leaving = threading.Lock()  # never released: two threads that leave at the same time would crash

    def watch(self) -> None:
        """Wait for the parent's end, then end this process; never returns."""
        poll = select.poll()
        poll.register(0, select.POLLIN)
        while os.getppid() == self._parent and not poll.poll(_WATCH):
            pass
        if self.server and not self._orders.in_memory:
            self.server.should_exit = True  # the main thread closes the data and leaves
            time.sleep(CLOSING)
        self.leave(0)

    def leave(self, code: int) -> None:
        """End this process and those it started, at once: Java's own threads would keep it alive.

        The first caller decides the exit code; any other thread waits here for the end.
        """
        self._leaving.acquire()
        if os.getpgrp() == os.getpid():
            for other in _process_group() - {os.getpid()}:
                with suppress(ProcessLookupError):
                    os.kill(other, signal.SIGKILL)
        for _ in range(_ROUNDS if self._orders.in_memory else 0):
            shutil.rmtree(self._orders.folder, ignore_errors=True)
        with suppress(OSError):
            (_SOCKETS / f".java_pid{os.getpid()}").unlink()
        os._exit(code)


def _process_group() -> set[int]:
    """Return the processes of this process's group, on Linux; elsewhere none."""
    members = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has just ended
            if int(stat.read_text().rpartition(")")[2].split()[2]) == os.getpgrp():
                members.add(int(stat.parent.name))
    return members


def main() -> None:
    """Read the orders, serve until the parent ends this process, and leave."""
    reply = _reply_on_stdout()
    line = sys.stdin.buffer.readline()
    if not line:
        return  # the parent ended before it sent its orders
    given = read_orders(line)
    os.umask(0o077)  # only the user may read what flows store
    lifeline = Lifeline(given)
    threading.Thread(target=lifeline.watch, daemon=True).start()
    code = 1
    try:
        if given.prepare:
            _prepare(given, given.prepare)
        elif given.describe:
            _describe(given, given.describe, reply)
        else:
            _serve(given, lifeline, reply)
        code = 0
    except EngineError as error:
        reply(Answer(message=str(error), hint=error.hint))
    except BaseException:  # noqa: BLE001  (an exception that ends the interpreter hangs it on Java's threads)
        traceback.print_exc()
    sys.stderr.flush()
    lifeline.leave(code)


def _serve(given: Orders, lifeline: Lifeline, reply: Callable[[Answer], None]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what ^C does
    listener = _listen(given.host, given.port)  # before anything slow, so that a port in use is reported at once
    claimed = None if given.in_memory else data.claim(given.folder, given.version.engine)
    kestra = boot(
        given.version,
        given.jars,
        given.folder,
        in_memory=given.in_memory,
        database=given.database,
        jvm_options=_options(given),
        tables=_tables(given),
    )
    registered = register(kestra, given.plugins, given.folder / "tmp" / "plugins")
    runtime = runtime_of(kestra)
    runtime.start(scheduler=given.scheduler)
    app = application(kestra, runtime, host=given.host, basic_auth=given.basic_auth, tenants=given.tenants)
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        lifespan="off",
        timeout_keep_alive=_IDLE,
        timeout_graceful_shutdown=1,
    )
    lifeline.server = uvicorn.Server(config)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # uvicorn's handler stops serving, then raises it again
    url = _url(given.host, listener.getsockname()[1])
    reply(Answer(url=url, plugins=registered.loaded, left_out=registered.left_out))
    lifeline.server.run(sockets=[listener])
    if claimed:
        kestra.close()
        claimed.release()


def _prepare(given: Orders, cache: Path) -> None:
    """Start everything once, run a flow, and exit through Java, which writes the cache when it exits."""
    from deployer.engine.process.training import train  # noqa: PLC0415  (httpx: a fifth of the imports of each start)

    options = [f"-XX:AOTCacheOutput={cache}"]
    kestra = boot(given.version, given.jars, given.folder, in_memory=True, jvm_options=options)
    save_tables(given.database, script_beside(cache))
    runtime = runtime_of(kestra)
    runtime.start(scheduler=True)
    train(application(kestra, runtime, host=given.host, basic_auth=None, tenants=()))
    kestra.java("java.lang.System").exit(0)


def _describe(given: Orders, file: Path, reply: Callable[[Answer], None]) -> None:
    """Write what Kestra and the plugins read and check to `file`; no part of Kestra has to run for that."""
    options, tables = _options(given), _tables(given)
    kestra = boot(given.version, given.jars, given.folder, in_memory=True, jvm_options=options, tables=tables)
    registered = register(kestra, given.plugins, given.folder / "tmp" / "plugins")
    file.write_text(json.dumps(describe(kestra)), encoding="utf-8")
    reply(Answer(plugins=registered.loaded, left_out=registered.left_out))


def _options(given: Orders) -> list[str]:
    return [f"-XX:AOTCache={given.prepared}"] if given.prepared else []


def _tables(given: Orders) -> Path | None:
    return script_beside(given.prepared) if given.prepared else None


def _listen(host: str, port: int) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listener = socket.create_server((host, port), family=family, backlog=128)
    except OSError as error:
        raise EngineError(
            f"cannot listen on {host}:{port}: {error.strerror or error}", hint="choose another port or address"
        ) from error
    # asyncio sets it only for its own sockets; without it every answer waits 40 ms for an ACK of its headers
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def _url(host: str, port: int) -> str:
    address = WILDCARDS.get(host, host)
    return f"http://[{address}]:{port}" if ":" in address else f"http://{address}:{port}"


def _reply_on_stdout() -> Callable[[Answer], None]:
    """Keep standard output for the answer; anything else that is printed goes to standard error."""
    pipe = os.dup(1)
    os.dup2(2, 1)

    def reply(answer: Answer) -> None:
        with suppress(BrokenPipeError):  # the parent is gone, which the lifeline notices
            os.write(pipe, answer.encode())

    return reply


if __name__ == "__main__":
    main()
