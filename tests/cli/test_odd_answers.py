"""Answers that no sound Kestra gives: each is a sentence and an exit code, and nothing is written for it."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from cli.project import HELLO, Ended, Project
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

Run = Callable[..., Ended]
Answer = Response | Callable[[Request], Response]
DEEP = "[" * 100_000
MAIN = "/api/v1/main/"
TEXT = HELLO.replace("id: hello", "id: a")
FOUND = {"namespace": "company.team", "id": "a", "revision": 1}
LEDGER = f"{MAIN}namespaces/system/kv/kestra-deployer.ours.default"
WRITES = ("POST /api/v1/main/flows", "PUT /api/v1/main/flows/company.team/a")


def told(data: Any) -> Response:
    return Response(data if isinstance(data, str) else json.dumps(data), content_type="application/json")


def archive(method: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as file:
        file.writestr("company.team-a.yml", TEXT)
    return packed.getvalue()


def marked(offset: int, value: int) -> bytes:
    """An archive with a value in both of its headers; the offset is that in the first of them."""
    changed = bytearray(archive())
    changed[offset] = value
    changed[changed.index(b"PK\x01\x02") + offset + 2] = value
    return bytes(changed)


def spoilt() -> bytes:
    changed = bytearray(archive())
    changed[50:60] = b"\xff" * 10
    return bytes(changed)


ARCHIVES = {
    "spoilt": spoilt(),
    "encrypted": marked(6, 1),
    "packed in an unknown way": marked(8, 77),
    "packed in a way that Python has not": marked(8, 9),
    "cut": archive()[:-30],
}


@pytest.fixture
def asked(project: Project, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """A server that has the flow a with another text than the file; each answer may be replaced by another.

    It returns what was asked for after that.
    """
    project.write("kestra-deployer.yaml", "project: ours\n")
    project.write("flows/a.yaml", TEXT.replace("message: hello", "message: good day"))
    monkeypatch.setenv("KESTRA_HOST", httpserver.url_for("").rstrip("/"))
    sound: dict[str, Response] = {
        "/api/v1/configs": told({"version": "1.3.31"}),
        f"{MAIN}flows/export/by-query": Response(archive(), content_type="application/octet-stream"),
        f"{MAIN}flows/search": told({"results": [FOUND], "total": 1}),
        f"{MAIN}flows/validate": told([{"index": 0}]),
        f"{MAIN}flows/company.team/a": told({**FOUND, "source": TEXT}),
        LEDGER: Response('{"message": "Not Found"}', 404, content_type="application/json"),
    }

    def serve(**replaced: Response) -> list[str]:
        names = {path.rpartition("/")[2].partition(".")[0].replace("-", "_"): path for path in sound}
        for name, answer in replaced.items():
            sound[names[name]] = answer

        def answered(request: Request) -> Response:
            requests.append(f"{request.method} {request.path}")
            return sound.get(request.path, Response('{"message": "odd"}', 500))

        requests: list[str] = []
        for path in sound:
            httpserver.expect_request(path).respond_with_handler(answered)
        return requests

    return serve


def ended_well(ended: Ended, code: int, words: str, requests: list[str]) -> None:
    assert ended.code == code, ended.stdout + ended.stderr
    assert words in ended.stdout + ended.stderr
    assert "bug:" not in ended.stderr
    assert not [each for each in requests if each in WRITES]


SYNC = ("sync", "--on-drift", "overwrite")
VERDICTS: dict[str, Any] = {
    "a list": [{"index": 0, "constraints": ["no"]}],
    "an object": [{"index": 0, "constraints": {"message": "no"}}],
    "true": [{"index": 0, "constraints": True}],
    "warnings of one text": [{"index": 0, "warnings": "hm"}],
    "a wrong index": [{"index": 1}],
    "an entry that is none": ["no"],
    "levels without an end": DEEP,
}


@pytest.mark.parametrize("verdict", VERDICTS.values(), ids=VERDICTS)
def test_a_verdict_of_an_unknown_shape_is_no_acceptance(
    asked: Callable[..., list[str]], deployer: Run, verdict: Any
) -> None:
    requests = asked(validate=told(verdict))
    ended_well(deployer(*SYNC), 3, "flows/validate did not return", requests)


@pytest.mark.parametrize("constraints", ["", " \n"])
def test_a_refusal_without_words_is_one(asked: Callable[..., list[str]], deployer: Run, constraints: str) -> None:
    requests = asked(validate=told([{"index": 0, "constraints": constraints}]))
    ended_well(deployer(*SYNC), 1, "Kestra refuses this flow, but does not say why", requests)


SEARCHES: dict[str, Any] = {
    "an entry that is a text": {"results": ["a"], "total": 1},
    "an entry without an id": {"results": [{"namespace": "company.team"}], "total": 1},
    "a revision that is a text": {"results": [{**FOUND, "revision": "1"}], "total": 1},
    "a draft that is a text": {"results": [{**FOUND, "draft": "true"}], "total": 1},
    "an exception that is a list": {"results": [{**FOUND, "exception": ["gone"]}], "total": 1},
    "levels without an end": DEEP,
}


@pytest.mark.parametrize("command", [SYNC, ("plan",), ("drift",)])
@pytest.mark.parametrize("page", SEARCHES.values(), ids=SEARCHES)
def test_a_page_of_a_search_of_an_unknown_shape_ends_the_run(
    asked: Callable[..., list[str]], deployer: Run, page: Any, command: tuple[str, ...]
) -> None:
    requests = asked(search=told(page))
    ended_well(deployer(*command), 3, "flows/search did not return", requests)


@pytest.mark.parametrize("packed", ARCHIVES.values(), ids=ARCHIVES)
def test_an_archive_that_cannot_be_unpacked_is_as_good_as_none(
    asked: Callable[..., list[str]], deployer: Run, packed: bytes
) -> None:
    requests = asked(by_query=Response(packed, content_type="application/octet-stream"))
    ended_well(deployer(*SYNC, "--dry-run"), 0, "did not return an archive of flows", requests)
    assert f"GET {MAIN}flows/company.team/a" in requests


@pytest.mark.parametrize("text", [7, ["id: a"], None])
def test_a_flow_without_a_sound_text_is_not_taken_for_an_empty_one(
    asked: Callable[..., list[str]], deployer: Run, text: Any
) -> None:
    requests = asked(by_query=Response("no", 500), a=told({**FOUND, "source": text}))
    ended = deployer(*SYNC, "--format", "json")
    assert ended.done == [("a", "failed", None)]
    ended_well(ended, 5, "cannot read", requests)


LEASES: dict[str, Any] = {
    "no moment": {"by": "ann", "until": "soon"},
    "no time zone": {"by": "ann", "until": "2999-01-01T00:00:00"},
    "a number": {"by": "ann", "until": 7},
    "a text": "ann",
    "nobody": {"until": "2999-01-01T00:00:00+00:00"},
}


@pytest.mark.parametrize("lease", LEASES.values(), ids=LEASES)
def test_a_lease_that_cannot_be_read_is_no_ledger(asked: Callable[..., list[str]], deployer: Run, lease: Any) -> None:
    ledger = {"format": 1, "entries": [], "pending": [], "lease": lease}
    requests = asked(kestra_deployer=told({"type": "JSON", "value": ledger}))
    ended_well(deployer(*SYNC), 3, "does not hold a ledger", requests)


def test_a_ledger_with_levels_without_an_end_is_none(asked: Callable[..., list[str]], deployer: Run) -> None:
    requests = asked(kestra_deployer=told(f'{{"type": "JSON", "value": {DEEP}'))
    ended_well(deployer(*SYNC), 3, "did not return JSON", requests)


@pytest.mark.parametrize("answer", [DEEP, '{"version": ' + DEEP])
def test_a_configuration_or_an_error_with_levels_without_an_end_is_no_answer(
    asked: Callable[..., list[str]], deployer: Run, answer: str
) -> None:
    requests = asked(configs=told(answer))
    ended_well(deployer(*SYNC), 3, "did not return JSON", requests)
    requests = asked(configs=Response(answer, 500, content_type="application/json"))
    ended_well(deployer(*SYNC), 3, "answered 500", requests)


@pytest.mark.parametrize("number", ["²", "1²%", "+1", "-1", "1e3", "", "%", "9" * 5000, "101%"])
def test_what_is_no_number_of_deletions_is_a_usage_error(
    asked: Callable[..., list[str]], deployer: Run, number: str
) -> None:
    requests = asked()
    ended_well(deployer(*SYNC, "--prune", f"--max-prune={number}"), 2, "is neither a number nor a percentage", requests)


OPTIONS: dict[str, tuple[str, Any]] = {
    "a truth that is a text": ("prune", "no"),
    "a truth that is a number": ("keep_going", 0),
    "paths that are one": ("paths", "flows"),
    "no paths": ("paths", []),
    "paths that are none": ("paths", [7]),
    "a number of deletions that is one": ("max_prune", 7),
    "a word that is no choice": ("on_drift", "forget"),
    "no word where one has to be": ("on_disabled", None),
    "a folder that is a list": ("backup", ["a"]),
    "a project that is a mapping": ("project", {}),
}


@pytest.mark.parametrize(("name", "value"), OPTIONS.values(), ids=OPTIONS)
def test_a_plan_with_an_option_that_nobody_can_have_given_is_none(
    asked: Callable[..., list[str]], project: Project, deployer: Run, name: str, value: Any
) -> None:
    requests = asked()
    assert deployer("plan", "--on-drift", "overwrite", "--out", "plan.json").code == 0
    saved = json.loads((project.root / "plan.json").read_text())
    saved["options"][name] = value
    project.write("plan.json", json.dumps(saved))
    requests.clear()
    ended_well(deployer("apply", "plan.json"), 2, f"its option `{name}` cannot be", requests)
    assert requests == []


def test_a_plan_with_levels_without_an_end_is_none(project: Project, deployer: Run) -> None:
    project.write("plan.json", DEEP)
    ended = deployer("apply", "plan.json", "--host", "http://localhost:1")
    assert (ended.code, "is not a saved plan" in ended.stderr) == (2, True)
