from __future__ import annotations

import hashlib
import io
import signal
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from filelock import FileLock

from deployer.cache import VARIABLE as CACHE_VARIABLE
from deployer.cache import cache_folder
from deployer.engine.install import jars as module
from deployer.engine.install.jars import fetch
from deployer.engine.install.lock import Jar, lock_of, read
from deployer.engine.install.progress import Progress, Stage
from deployer.errors import EngineError
from deployer.model.version import DEFAULT


def a_jar(name: str) -> Jar:
    return Jar("org.example", name, "1", sha256=hashlib.sha256(content(name)).hexdigest())


def content(name: str) -> bytes:
    return name.encode() * 100


class Remote:
    """Stands for Maven Central: answers with `contents` where there is one left, else with what is right."""

    def __init__(self, **contents: list[bytes]) -> None:
        self.contents = contents
        self.asked: list[str] = []

    def __call__(self, jar: Jar, folder: Path) -> Path:
        self.asked.append(jar.artifact)
        queued = self.contents.get(jar.artifact)
        path = folder / "download.jar"
        path.write_bytes(queued.pop(0) if queued else content(jar.artifact))
        return path


JARS = [a_jar(name) for name in ("a", "b", "c")]


def left_over(folder: Path) -> list[str]:
    return [path.name for path in folder.glob(f"{module._UNFINISHED}*")]


def test_missing_jars_are_fetched_once_and_then_nothing_is_asked_of_the_network(tmp_path: Path) -> None:
    remote = Remote()
    paths = fetch(JARS, tmp_path, download=remote)
    assert [path.read_bytes() for path in paths] == [content("a"), content("b"), content("c")]
    assert sorted(remote.asked) == ["a", "b", "c"]
    assert fetch(JARS, tmp_path, download=remote) == paths
    assert len(remote.asked) == 3
    assert left_over(tmp_path) == []


@pytest.mark.parametrize(
    "harm",
    [lambda path: path.write_bytes(path.read_bytes()[:50]), lambda path: path.write_bytes(b"x" * 100), Path.unlink],
)
def test_a_truncated_an_altered_and_a_lost_jar_are_fetched_again(
    tmp_path: Path, harm: Callable[[Path], object]
) -> None:
    remote = Remote()
    paths = fetch(JARS, tmp_path, download=remote)
    harm(paths[1])
    fetch(JARS, tmp_path, download=remote)
    assert remote.asked[3:] == ["b"]
    assert paths[1].read_bytes() == content("b")


def test_half_a_download_is_thrown_away_and_tried_again(tmp_path: Path) -> None:
    remote = Remote(b=[content("b")[:10]])
    assert fetch(JARS, tmp_path, download=remote)[1].read_bytes() == content("b")
    assert remote.asked.count("b") == 2


def test_a_jar_that_never_matches_its_lock_is_named_and_not_kept(tmp_path: Path) -> None:
    remote = Remote(b=[b"forged"] * 10)
    with pytest.raises(EngineError, match=r"org\.example:b:1 does not match the lock") as caught:
        fetch(JARS, tmp_path, download=remote)
    assert "proxy" in caught.value.hint
    assert remote.asked.count("b") == module.ATTEMPTS
    assert not (tmp_path / JARS[1].path).exists()
    assert left_over(tmp_path) == []


def test_without_a_network_one_sentence_names_a_jar_and_what_has_not_begun_never_begins(tmp_path: Path) -> None:
    asked = []

    def unreachable(jar: Jar, folder: Path) -> Path:
        asked.append(jar.artifact)
        raise ConnectionError(str(folder))

    many = [a_jar(f"jar{number}") for number in range(200)]
    with pytest.raises(EngineError, match=r"^org\.example:jar0:1 could not be fetched .*ConnectionError") as caught:
        fetch(many, tmp_path, download=unreachable)
    assert "needs the network" in caught.value.hint
    assert len(set(asked)) < 100


def test_an_interrupt_waits_for_no_download(tmp_path: Path) -> None:
    connected = threading.Event()
    ended: list[Jar] = []

    def stalled(jar: Jar, folder: Path) -> Path:
        if jar is many[module.AT_ONCE - 1]:  # the main thread waits for one of these now
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
        connected.wait(20)
        ended.append(jar)
        return Remote()(jar, folder)

    many = [a_jar(f"jar{number}") for number in range(20)]
    with pytest.raises(KeyboardInterrupt):
        fetch(many, tmp_path, download=stalled)
    assert ended == []
    connected.set()


def test_waits_grow_between_attempts(tmp_path: Path, no_waiting: list[float]) -> None:
    fetch([a_jar("a")], tmp_path, download=Remote(a=[b"", b""]))
    assert no_waiting == [0, 1, 2]


def test_what_was_fetched_before_a_failure_is_kept(tmp_path: Path) -> None:
    with pytest.raises(EngineError):
        fetch(JARS, tmp_path, download=Remote(c=[b"forged"] * 10))
    remote = Remote()
    fetch(JARS, tmp_path, download=remote)
    assert remote.asked == ["c"]


def test_what_a_killed_process_left_is_removed(tmp_path: Path) -> None:
    killed = tmp_path / f"{module._UNFINISHED}killed"
    killed.mkdir()
    (killed / "half.jar").write_bytes(b"half")
    fetch(JARS, tmp_path, download=Remote())
    assert left_over(tmp_path) == []


def test_a_jar_of_two_versions_is_kept_once(tmp_path: Path) -> None:
    remote = Remote()
    fetch(JARS[:2], tmp_path, download=remote)
    fetch(JARS[1:], tmp_path, download=remote)
    assert sorted(remote.asked) == ["a", "b", "c"]


def zipped(text: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(zipfile.ZipInfo("type"), text)  # always of the same time, so the same bytes
    return file.getvalue()


UNLOCKED = Jar("org.example", "plugin", "1")


def test_a_jar_that_no_lock_names_is_held_to_what_it_was_at_first(tmp_path: Path) -> None:
    remote = Remote(plugin=[zipped("first"), zipped("altered"), zipped("altered"), zipped("altered")])
    path = fetch([UNLOCKED], tmp_path, download=remote)[0]
    assert fetch([UNLOCKED], tmp_path, download=remote)[0].read_bytes() == zipped("first")
    assert len(remote.asked) == 1
    path.unlink()
    with pytest.raises(EngineError, match=r"org\.example:plugin:1 does not match the first download"):
        fetch([UNLOCKED], tmp_path, download=remote)
    assert not path.exists()


@pytest.mark.parametrize("harm", [lambda path: path.write_bytes(path.read_bytes()[:50]), Path.unlink])
def test_a_truncated_and_a_lost_one_are_fetched_again(tmp_path: Path, harm: Callable[[Path], object]) -> None:
    remote = Remote(plugin=[zipped("same"), zipped("same")])
    path = fetch([UNLOCKED], tmp_path, download=remote)[0]
    harm(path)
    assert fetch([UNLOCKED], tmp_path, download=remote)[0].read_bytes() == zipped("same")
    assert len(remote.asked) == 2


def test_what_is_remembered_by_halves_is_fetched_again(tmp_path: Path) -> None:
    remote = Remote(plugin=[zipped("same"), zipped("same")])
    path = fetch([UNLOCKED], tmp_path, download=remote)[0]
    path.with_name(path.name + ".sha256").unlink()
    fetch([UNLOCKED], tmp_path, download=remote)
    assert len(remote.asked) == 2


@pytest.mark.parametrize(
    "got",
    [zipped("half")[:-30], b"<html>log in to this network</html>", zipped("x" * 9)[::-1]],
    ids=["cut", "a page", "backwards"],
)
def test_a_first_download_that_is_no_whole_jar_is_tried_again_and_then_refused(tmp_path: Path, got: bytes) -> None:
    assert fetch([UNLOCKED], tmp_path / "a", download=Remote(plugin=[got, zipped("whole")]))[0].is_file()
    with pytest.raises(
        EngineError, match=r"download of org\.example:plugin:1 from Maven Central is not a complete jar"
    ):
        fetch([UNLOCKED], tmp_path / "b", download=Remote(plugin=[got] * module.ATTEMPTS))
    assert list((tmp_path / "b").rglob("*.jar*")) == []


def test_a_spoiled_byte_in_a_first_download_is_found(tmp_path: Path) -> None:
    spoiled = zipped("a long enough text").replace(b"long", b"lung")
    with pytest.raises(EngineError, match="is not a complete jar"):
        fetch([UNLOCKED], tmp_path, download=Remote(plugin=[spoiled] * module.ATTEMPTS))


def test_what_the_repository_does_not_have_is_asked_for_once_and_not_blamed_on_the_network(tmp_path: Path) -> None:
    asked = []

    def absent(jar: Jar, folder: Path) -> Path:
        asked.append(jar)
        raise RuntimeError(f"{jar} not found in {folder}")

    with pytest.raises(EngineError, match=r"^Maven Central has no org\.example:plugin:1$") as caught:
        fetch([UNLOCKED], tmp_path, download=absent)
    assert "name and version" in caught.value.hint
    assert asked == [UNLOCKED]


def test_progress_counts_jars_and_bytes_up_to_the_whole(tmp_path: Path) -> None:
    told: list[Progress] = []
    fetch(JARS, tmp_path, download=Remote(), progress=told.append)
    assert [(one.stage, one.done, one.total, one.size) for one in told] == [
        (Stage.FETCH, 0, 3, 0),
        (Stage.FETCH, 1, 3, 100),
        (Stage.FETCH, 2, 3, 200),
        (Stage.FETCH, 3, 3, 300),
    ]


def test_that_another_process_is_waited_for_is_said(tmp_path: Path) -> None:
    told: list[Stage] = []
    held = FileLock(tmp_path / ".lock", thread_local=False)
    held.acquire()

    def listen(progress: Progress) -> None:
        told.append(progress.stage)
        held.release()

    with ThreadPoolExecutor(1) as pool:  # not in this thread, which holds the lock
        pool.submit(fetch, JARS, tmp_path, download=Remote(), progress=listen).result()
    assert [*dict.fromkeys(told)] == [Stage.WAIT, Stage.FETCH]


def test_eight_are_fetched_at_a_time(tmp_path: Path) -> None:
    together = threading.Barrier(module.AT_ONCE, timeout=30)
    remote = Remote()

    def with_others(jar: Jar, folder: Path) -> Path:
        together.wait()  # breaks, and so fails the test, unless eight are under way
        return remote(jar, folder)

    assert len(fetch([a_jar(f"jar{number}") for number in range(16)], tmp_path, download=with_others)) == 16


def test_a_cache_that_cannot_be_written_is_one_sentence_with_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EngineError, match="cannot be stored in") as caught:
        fetch(JARS, tmp_path / "file" / "jars", download=Remote())
    assert CACHE_VARIABLE in caught.value.hint


def test_the_cache_can_be_put_elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))
    assert cache_folder() == tmp_path
    monkeypatch.delenv(CACHE_VARIABLE)
    assert cache_folder().name == "kestra-deployer"


FETCHER = """
import sys
from pathlib import Path
from deployer.engine.install.jars import fetch
from deployer.engine.install.lock import read
told = []
fetch(read(sys.argv[2]), Path(sys.argv[1]), progress=told.append)
print(max((one.done for one in told), default=0))
"""


def test_several_processes_on_a_cold_cache_fetch_each_jar_once_from_maven_central(tmp_path: Path) -> None:
    smallest = [
        jar for jar in read(lock_of(DEFAULT).read_text()) if jar.artifact in {"jsr305", "jspecify", "failureaccess"}
    ]
    text = "\n".join(f"{jar} {jar.sha256}" for jar in smallest)
    command = [sys.executable, "-c", FETCHER, str(tmp_path), text]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    fetched = [int(process.communicate(timeout=120)[0]) for process in processes]
    assert [process.returncode for process in processes] == [0] * 4
    assert sorted(fetched) == [0, 0, 0, len(smallest)]
    assert [module.sha256(tmp_path / jar.path) for jar in smallest] == [jar.sha256 for jar in smallest]
    assert left_over(tmp_path) == []
