"""The files of a namespace."""

from __future__ import annotations

import io
import zipfile

import httpx
import pytest
from engine.http.flow_texts import flow
from engine.http.since import since

from deployer.engine.process.launch import RunningEngine

FILES = "/namespaces/team.a/files"


def put(api: httpx.Client, path: str, content: bytes = b"x", name: str = "file") -> httpx.Response:
    """The answer to an upload."""
    return api.post(FILES, params={"path": path}, files={"fileContent": (name, content)})


def got(api: httpx.Client, path: str) -> httpx.Response:
    """The answer to a question for a file."""
    return api.get(FILES, params={"path": path})


def names(api: httpx.Client, path: str | None = None) -> list[str]:
    """What is in a directory."""
    listed = api.get(f"{FILES}/directory", params={"path": path} if path else {})
    return sorted(each["fileName"] for each in listed.json())


def archive(entries: dict[str, str]) -> bytes:
    """A ZIP of these entries."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as writing:
        for name, text in entries.items():
            writing.writestr(name, text)
    return packed.getvalue()


def test_a_stored_file_comes_back_byte_for_byte(api: httpx.Client) -> None:
    stored = put(api, "/a/b.bin", bytes(range(256)))
    answer = got(api, "/a/b.bin")

    assert (stored.status_code, stored.content) == (200, b"")
    assert answer.content == bytes(range(256))
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["cache-control"] == "no-cache"


def test_a_file_has_revisions_since_1_2(api: httpx.Client, engine: RunningEngine) -> None:
    for content in (b"one", b"two"):
        put(api, "/f.txt", content)

    first = api.get(f"{FILES}?path=/f.txt&revision=1")
    listed = api.get(f"{FILES}/revisions?path=/f.txt")

    if since(engine, "1.2"):
        assert sorted(each["revision"] for each in listed.json()) == [1, 2]
        assert first.content == b"one"
    else:
        assert listed.status_code == 404
        assert first.content == b"two"


def test_a_directory_shows_what_is_in_it(api: httpx.Client) -> None:
    assert names(api) == []
    put(api, "/a/b/c.txt", b"four")
    api.post(f"{FILES}/directory?path=/empty")

    assert names(api) == ["a", "empty"]
    assert names(api, "/a") == ["b"]
    (shown,) = api.get(f"{FILES}/directory?path=/a/b").json()
    assert (shown["fileName"], shown["type"], shown["size"]) == ("c.txt", "File", 4)


def test_a_file_and_the_root_tell_what_they_are(api: httpx.Client) -> None:
    put(api, "/a.txt", b"four")

    told = [api.get(f"{FILES}/stats", params=query).json() for query in ({"path": "/a.txt"}, {})]

    assert [(each["type"], each["fileName"]) for each in told] == [("File", "a.txt"), ("Directory", "_files")]
    assert told[0]["size"] == 4


@pytest.mark.parametrize("place", ["", "/stats", "/directory"])
def test_what_is_not_there_is_404(api: httpx.Client, place: str) -> None:
    answer = api.get(f"{FILES}{place}?path=/none")

    assert answer.status_code == 404
    assert answer.json()["message"].startswith("Not Found: ")


def test_revisions_of_what_is_not_there_are_404(api: httpx.Client) -> None:
    assert api.get(f"{FILES}/revisions?path=/none").status_code == 404


def test_files_are_found_by_a_part_of_their_path(api: httpx.Client) -> None:
    for path in ("/src/main.py", "/src/test.py", "/read.me"):
        put(api, path)

    assert sorted(api.get(f"{FILES}/search?q=src").json()) == ["/src/main.py", "/src/test.py"]


def test_a_moved_file_is_elsewhere(api: httpx.Client) -> None:
    put(api, "/a/from.txt", b"kept")
    api.post(f"{FILES}/directory?path=/b")  # 1.0 and 1.1 do not make it

    assert api.put(FILES, params={"from": "/a/from.txt", "to": "/b/to.txt"}).status_code == 200
    assert got(api, "/b/to.txt").content == b"kept"
    assert got(api, "/a/from.txt").status_code == 404


def test_a_delete_takes_the_directories_along_that_are_empty_then(api: httpx.Client) -> None:
    for path in ("/a/b/c.txt", "/kept/one.txt", "/kept/two.txt"):
        put(api, path)

    api.delete(f"{FILES}?path=a/b/c.txt")
    api.delete(f"{FILES}?path=/kept/one.txt")

    assert names(api) == ["kept"]
    assert names(api, "/kept") == ["two.txt"]


def test_a_directory_is_deleted_with_all_in_it(api: httpx.Client) -> None:
    for path in ("/a/one.txt", "/a/two.txt", "/b.txt"):
        put(api, path)

    api.delete(f"{FILES}?path=/a")

    assert names(api) == ["b.txt"]
    assert got(api, "/a/one.txt").status_code == 404


def test_an_archive_is_unpacked_and_its_flows_become_flows_of_the_namespace(api: httpx.Client) -> None:
    packed = archive({"src/": "", "src/main.py": "x = 1", "_flows/hello.yml": flow(namespace="team.b")})

    assert put(api, "/", packed, "all.ZIP").status_code == 200
    assert got(api, "/src/main.py").content == b"x = 1"
    assert api.get("/flows/team.a/hello").status_code == 200
    assert names(api) == ["src"]


def test_an_archive_that_is_none_stores_nothing(api: httpx.Client) -> None:
    assert put(api, "/", b"no archive", "all.zip").status_code == 200
    assert names(api) == []


def test_all_files_can_be_had_as_an_archive_in_1x_with_the_flows(api: httpx.Client, is_2x: bool) -> None:
    put(api, "/src/main.py", b"x = 1")
    put(api, "/_flows/hello.yml", flow().encode())

    answer = api.get(f"{FILES}/export")

    with zipfile.ZipFile(io.BytesIO(answer.content)) as opened:
        held = {name: opened.read(name).decode() for name in opened.namelist()}
    assert held == {"src/main.py": "x = 1", **({} if is_2x else {"_flows/hello.yml": flow()})}
    assert answer.headers["content-disposition"] == 'attachment; filename="team.a_files.zip"'


def test_1x_takes_a_space_for_a_plus(api: httpx.Client, is_2x: bool) -> None:
    put(api, "/a b.txt")

    assert names(api) == ["a b.txt" if is_2x else "a+b.txt"]
    assert got(api, "/a b.txt").status_code == 200


def test_flows_are_no_files(api: httpx.Client) -> None:
    answers = [got(api, "/_flows/x.yml"), api.delete(f"{FILES}?path=_flows"), put(api, "/_flows/deep/x.yml")]

    assert [answer.status_code for answer in answers] == [422] * 3
    assert [answer.json()["message"] for answer in answers] == [
        "Illegal argument: Forbidden path: /_flows/x.yml",
        "Illegal argument: Forbidden path: /_flows",
        "Illegal argument: Invalid flow file path: /_flows/deep/x.yml",
    ]


def test_a_path_has_to_be_sent(api: httpx.Client) -> None:
    answer = api.get(FILES)

    assert (answer.status_code, answer.json()["message"]) == (
        400,
        "Bad Request: Required QueryValue [path] not specified",
    )
