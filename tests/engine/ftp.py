"""An FTP server on loopback, in a thread of the tests."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # of asyncore, which Python has until 3.11
    from pyftpdlib.authorizers import DummyAuthorizer
    from pyftpdlib.handlers import FTPHandler
    from pyftpdlib.servers import FTPServer

USER, PASSWORD = "ann", "sesame"


@contextmanager
def ftp_server(folder: Path) -> Iterator[int]:
    """Serve a folder to USER as long as the block runs, and give the port."""
    authorizer = DummyAuthorizer()
    authorizer.add_user(USER, PASSWORD, str(folder))
    handler = type("Handler", (FTPHandler,), {"authorizer": authorizer})
    server = FTPServer(("127.0.0.1", 0), handler)
    ended = threading.Event()

    def serve() -> None:
        while not ended.is_set():
            server.serve_forever(timeout=0.1, blocking=False)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield server.address[1]
    finally:
        ended.set()
        thread.join()
        server.close_all()


LISTING = f"""\
id: listing
namespace: company.files
inputs:
  - id: port
    type: INT
tasks:
  - id: list
    type: io.kestra.plugin.fs.ftp.List
    host: 127.0.0.1
    port: "{{{{ inputs.port }}}}"
    username: {USER}
    password: {PASSWORD}
    from: /
  - id: tell
    type: io.kestra.plugin.core.log.Log
    message: "found {{{{ outputs.list.files | jq('.[].name') | toJson }}}}"
"""
"""A flow that lists what an FTP server has, and logs it."""
