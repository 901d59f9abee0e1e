from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from engine.processes import eventually, listening, session

from deployer.cache import VARIABLE as CACHE_VARIABLE
from deployer.cache import cache_folder
from deployer.engine.install.jars import class_path
from deployer.engine.process import data, serve
from deployer.engine.process import launch as module
from deployer.engine.process.launch import RunningEngine, launch
from deployer.errors import EngineError
from deployer.model.version import DEFAULT

pytestmark = pytest.mark.engine

PARENT = Path(__file__).with_name("parent.py")
LOOPBACK = {"0100007F", "0000000000000000FFFF00000100007F"}
Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start `parent.py` with an engine; temporary files go below `tmp_path / "temporary"`."""
    (tmp_path / "temporary").mkdir()
    started: list[subprocess.Popen[str]] = []

    def parent(version: str, how: str = "waits") -> subprocess.Popen[str]:
        command = [sys.executable, str(PARENT), version, str(tmp_path / "temporary"), how]
        started.append(subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True))
        return started[-1]

    yield parent
    for process in started:
        process.kill()
        process.communicate()


def told(parent: subprocess.Popen[str], event: str) -> list[str]:
    """Wait until a parent says that something happens; return the words after it."""
    assert parent.stdout
    for line in parent.stdout:
        first, *words = line.split()
        if first == event:
            return words
    raise AssertionError(f"the parent ended without a word of {event!r}")


def child_of(parent: subprocess.Popen[str]) -> int:
    children = Path(f"/proc/{parent.pid}/task/{parent.pid}/children")
    assert eventually(lambda: bool(children.read_text()))
    return int(children.read_text().split()[0])


def test_an_engine_answers_on_loopback_and_nowhere_else(engine: RunningEngine) -> None:
    assert httpx.get(f"{engine.url}/api/v1/configs", timeout=30).json()["version"] == engine.version.engine
    assert engine.url.startswith("http://127.0.0.1:")
    assert listening(engine.pid) <= LOOPBACK


@pytest.mark.one_version
def test_a_connection_stays_open_for_longer_than_a_client_keeps_it_idle(engine: RunningEngine) -> None:
    idle = httpx.Limits().keepalive_expiry
    assert idle
    place = urlsplit(engine.url)
    with socket.create_connection((place.hostname, place.port)) as connection:
        connection.sendall(f"GET /api/v1/configs HTTP/1.1\r\nHost: {place.netloc}\r\n\r\n".encode())
        connection.settimeout(idle + 1)
        answers = connection.makefile("rb")
        assert answers.readline() == b"HTTP/1.1 200 OK\r\n"
        with answers, pytest.raises(TimeoutError):  # the connection does not end
            answers.read()


def test_an_engine_has_a_session_of_its_own_so_that_an_interrupt_in_the_terminal_is_not_for_it(
    engine: RunningEngine,
) -> None:
    assert os.getsid(engine.pid) == engine.pid


@pytest.mark.parametrize(
    ("version", "end"),
    [
        ("2.0", signal.SIGKILL),  # as by any signal that nobody waits for
        pytest.param("1.3", signal.SIGKILL, marks=pytest.mark.thorough),
        ("1.3", signal.SIGINT),  # an exception, as any other that ends the block
    ],
)
def test_nothing_is_left_however_the_parent_ends(
    start: Start, tmp_path: Path, version: str, end: signal.Signals
) -> None:
    parent = start(version)
    pid = int(told(parent, "running")[0])
    assert session(pid)
    parent.send_signal(end)
    assert parent.wait(30) == -end
    assert eventually(lambda: session(pid) == [])
    assert eventually(lambda: list((tmp_path / "temporary").iterdir()) == [])
    assert not Path(f"/tmp/.java_pid{pid}").exists()  # noqa: S108  Java's, and nowhere else


def test_nothing_is_left_when_the_parent_is_killed_while_the_engine_starts(start: Start) -> None:
    parent = start("1.3")
    told(parent, "starting")
    pid = child_of(parent)
    parent.kill()
    assert eventually(lambda: session(pid) == [])


def test_nothing_is_left_when_the_parent_is_killed_while_the_engine_is_prepared(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class_path(DEFAULT)
    (tmp_path / "jars").symlink_to(cache_folder() / "jars")
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))
    parent = start("1.3")
    told(parent, "preparing")
    pid = child_of(parent)
    parent.kill()
    assert eventually(lambda: session(pid) == [])
    assert list((tmp_path / "aot").glob("*.aot")) == []


def test_a_fork_of_the_parent_does_not_keep_the_engine_alive(start: Start) -> None:
    parent = start("1.3", "forked")
    pid = int(told(parent, "running")[0])
    fork = int(told(parent, "fork")[0])
    try:
        parent.kill()
        assert eventually(lambda: session(pid) == [])
    finally:
        os.kill(fork, signal.SIGKILL)


def test_a_folder_that_another_process_works_in_is_one_sentence(tmp_path: Path) -> None:
    claimed = data.claim(tmp_path / "data", DEFAULT.engine)
    with pytest.raises(EngineError, match="in use by another engine"):
        launch(DEFAULT, data=tmp_path / "data").__enter__()
    claimed.release()


def test_the_two_parts_of_an_answer_do_not_wait_for_an_acknowledgement_between_them() -> None:
    with serve._listen("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname()):
        accepted, _ = listener.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) == 1


def test_a_port_in_use_is_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(EngineError, match=rf"cannot listen on 127\.0\.0\.1:{port}: Address already in use"):
            launch(DEFAULT, port=port).__enter__()


def test_an_address_that_is_none_is_one_sentence() -> None:
    with pytest.raises(EngineError, match=r"cannot listen on nowhere\.invalid:0"):
        launch(DEFAULT, host="nowhere.invalid").__enter__()


def test_a_broken_database_is_one_sentence_with_the_engines_own_reason(tmp_path: Path) -> None:
    (tmp_path / "kestra-version").write_text(DEFAULT.engine)
    (tmp_path / "database.mv.db").write_text("no database")
    with pytest.raises(EngineError, match=rf"Kestra {DEFAULT.engine} did not start in {tmp_path}: \S+.*") as caught:
        launch(DEFAULT, data=tmp_path).__enter__()
    assert "\n" not in str(caught.value)
    assert "Traceback" not in str(caught.value) + caught.value.hint
    assert caught.value.hint.endswith("engine.log")


def test_an_engine_that_dies_while_starting_leaves_its_last_words() -> None:
    with pytest.raises(EngineError, match="ended while it was starting") as caught:
        launch(DEFAULT, variables={"JAVA_TOOL_OPTIONS": "-XX:NoSuchOption=1"}).__enter__()
    assert "NoSuchOption" in caught.value.hint
    assert len(caught.value.hint.splitlines()) <= module._LAST_LINES + 1


def test_a_missing_extra_is_one_sentence_with_the_command_that_helps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jpype", None)
    with pytest.raises(EngineError, match="not installed: jpype") as caught:
        launch(DEFAULT).__enter__()
    assert caught.value.hint == "pip install 'kestra-deployer[engine]'"


USER = ("ann@example.com", "Sesame!1")


@pytest.fixture(scope="module")
def guarded() -> Iterator[RunningEngine]:
    """An engine that asks for a user, started where variables are set that would be settings of a Kestra server."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KESTRA_REPOSITORY_TYPE", "postgres")
        patch.setenv("DATASOURCES_H2_URL", "jdbc:h2:nowhere")
        with launch(DEFAULT, basic_auth=USER) as engine:
            yield engine


def test_a_user_can_be_asked_for_and_the_password_is_in_no_argument(guarded: RunningEngine) -> None:
    assert httpx.get(f"{guarded.url}/api/v1/main/flows/search", timeout=30).status_code == 401
    found = httpx.get(f"{guarded.url}/api/v1/main/flows/search", auth=USER, timeout=30)
    assert found.json() == {"results": [], "total": 0}
    for file in ("cmdline", "environ"):
        assert b"Sesame" not in Path(f"/proc/{guarded.pid}/{file}").read_bytes()


def test_what_the_deployers_own_variables_say_is_no_setting_of_the_engine(guarded: RunningEngine) -> None:
    answer = httpx.get(f"{guarded.url}/api/v1/configs", auth=USER, timeout=30)
    assert json.loads(answer.text)["version"] == DEFAULT.engine
