"""Fetching from a repository in Maven's layout: one on loopback, in place of Maven Central."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from jgo.maven import MavenContext

from deployer.engine.install.jars import fetch
from deployer.engine.install.lock import Jar
from deployer.engine.install.maven import maven_central
from deployer.errors import EngineError

CONTEXT = "deployer.engine.install.maven.MavenContext"
FILE = "/org/example/one/1/one-1.jar"
ONE = Jar("org.example", "one", "1")


@dataclass
class Repository:
    """What was asked of a repository, over how many connections; `answers` are sent before what is right."""

    url: str = ""
    asked: list[str] = field(default_factory=list)
    connections: int = 0
    answers: list[int] = field(default_factory=list)
    cut: bool = False


@contextmanager
def repository(files: dict[str, bytes]) -> Iterator[Repository]:
    """Serve these files on connections that stay open."""
    it = Repository()

    class Connection(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            super().setup()
            it.connections += 1

        def do_GET(self) -> None:
            it.asked.append(self.path)
            status = it.answers.pop(0) if it.answers else 200 if self.path in files else 404
            body = files.get(self.path, b"") if status == 200 else b"no"
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Retry-After", "0")
            self.end_headers()
            self.wfile.write(body[: len(body) // 2] if it.cut else body)
            self.close_connection = it.cut

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the standard library's name
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Connection) as server:
        it.url = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield it
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def central(monkeypatch: pytest.MonkeyPatch) -> Iterator[Repository]:
    """The only repository there is, with twenty files in it."""
    files = {FILE.replace("one", f"jar{number}"): b"%d" % number for number in range(19)} | {FILE: b"one" * 100}
    with repository(files) as it:
        monkeypatch.setattr(CONTEXT, partial(MavenContext, remote_repos={"central": it.url}))
        yield it


def fetched(jar: Jar, folder: Path) -> Path:
    with maven_central(1) as download:
        return download(jar, folder)


def test_a_jar_is_fetched_to_where_maven_would_keep_it(central: Repository, tmp_path: Path) -> None:
    assert fetched(ONE, tmp_path) == tmp_path / FILE.removeprefix("/")
    assert (tmp_path / FILE.removeprefix("/")).read_bytes() == b"one" * 100


def test_many_jars_take_a_request_each_and_one_connection(central: Repository, tmp_path: Path) -> None:
    jars = [Jar("org.example", f"jar{number}", "1") for number in range(19)]
    with maven_central(1) as download:
        contents = [download(jar, tmp_path).read_bytes() for jar in jars]
    assert contents == [b"%d" % number for number in range(19)]
    assert (len(central.asked), central.connections) == (19, 1)


def test_a_classifier_is_part_of_the_name(central: Repository, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError):
        fetched(Jar("org.example", "one", "1", "linux"), tmp_path)
    assert central.asked == ["/org/example/one/1/one-1-linux.jar"]


def test_a_connection_that_cannot_be_trusted_is_tried_once(
    central: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secure = central.url.replace("http:", "https:")  # it speaks no TLS, which fails as a certificate does
    monkeypatch.setattr(CONTEXT, partial(MavenContext, remote_repos={"central": secure}))
    with pytest.raises(OSError, match="SSL"):
        fetched(ONE, tmp_path)
    assert central.connections == 1


def test_what_is_not_there_is_told_from_what_cannot_be_had(central: Repository, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="no repository has"):
        fetched(Jar("org.example", "one", "2"), tmp_path)


@pytest.mark.parametrize("status", [429, 503])
def test_a_server_that_is_busy_is_asked_again(central: Repository, tmp_path: Path, status: int) -> None:
    central.answers = [status, status]
    assert fetched(ONE, tmp_path).read_bytes() == b"one" * 100
    assert len(central.asked) == 3


@pytest.mark.parametrize("status", [401, 403, 500, 503])
def test_a_refusal_is_an_error_of_the_network(central: Repository, tmp_path: Path, status: int) -> None:
    central.answers = [status] * 4  # one that is busy is asked so often
    with pytest.raises(OSError, match=str(status)):
        fetched(ONE, tmp_path)


def test_a_refusal_is_told_with_its_status(central: Repository, tmp_path: Path) -> None:
    central.answers = [407] * 3
    with pytest.raises(EngineError, match=r"^org\.example:one:1 could not be fetched from Maven Central \(HTTP 407\)$"):
        fetch([ONE], tmp_path)


def test_half_an_answer_is_an_error_of_the_network(central: Repository, tmp_path: Path) -> None:
    central.cut = True
    with pytest.raises(OSError, match="IncompleteRead"):
        fetched(ONE, tmp_path)


def test_a_second_repository_is_asked_for_what_the_first_has_not(
    central: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with repository({}) as empty:
        both = {"empty": empty.url, "central": central.url}
        monkeypatch.setattr(CONTEXT, partial(MavenContext, remote_repos=both))
        assert fetched(ONE, tmp_path).read_bytes() == b"one" * 100
        assert empty.asked == central.asked == [FILE]
