"""Whatever is in the files, the environment and the answers: a command ends with a sentence, never as a fault of ours.

What once ended so is an example in other tests. A longer search: `pytest tests/cli/test_fuzz.py
--hypothesis-profile=long`.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import zipfile
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any
from unittest import mock

import httpx
import pytest
import yaml
from cli.project import HELLO
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from read.test_fuzz import ANYTHING, TEXTS

from deployer import cli
from deployer.cli import run

pytestmark = pytest.mark.untraced

TEXT = HELLO.replace("id: hello", "id: a")
DIGEST = "0" * 64
ENTRY = {
    "kind": "flow", "namespace": "company.team", "name": "a", "sent": DIGEST, "source": DIGEST, "file": "flows/a.yaml",
    "revision": 1, "commit": "", "at": "2026-01-01T00:00:00+00:00", "by": "ann", "stops": [], "root": "", "origin": "",
}  # fmt: skip
LEDGER = {
    "format": 1, "project": "ours", "environment": "default", "entries": [ENTRY], "pending": [],
    "lease": {"by": "ann", "until": "2026-01-01T00:00:00+00:00"}, "running": ["E"],
}  # fmt: skip
PLAN = {
    "format": 2, "digest": DIGEST, "server": "http://kestra.invalid", "tenant": "main", "changes": [],
    "options": {
        "project": None, "prune": True, "max_prune": None, "force": False, "adopt": False, "backup": "b",
        "on_drift": None, "on_disabled": "keep", "paths": ["flows"], "keep_going": False,
    },
}  # fmt: skip
CONFIGURATION = {
    "project": "ours", "host": "http://kestra.invalid", "tenant": "main", "ignore": ["x"], "timeout": 1,
    "concurrency": 2, "tls": {"verify": False}, "kestra": "1.3", "headers": {"X": "y"},
    "checks": {"unused-input": "off"},
    "retry": {"attempts": 1, "seconds": 1}, "engine": {"plugins": []}, "ledger": "system",
    "protected-namespaces": ["s"], "smoke": True,
    "plugin-defaults": {"company.team": [{"type": "x", "values": {}}]},
}  # fmt: skip
EXECUTION = {"id": "E", "namespace": "company.team", "flowId": "a", "state": {"current": "SUCCESS"}}
STORED = {"namespace": "company.team", "id": "a", "revision": 1, "source": TEXT}
TRIGGER = {
    "trigger": {"id": "t", "type": "io.kestra.plugin.core.trigger.Schedule"},
    "state": {"namespace": "company.team", "flowId": "a", "triggerId": "t", "disabled": True, "backfill": {"end": ""}},
}  # fmt: skip
SUITE = "id: s\nnamespace: company.team\nflowId: a\ntestCases: [{id: x}]\n"
COMMANDS = (
    ("check",), ("check", "--server"), ("check", "--kestra", "2.0"), ("plan", "--prune"), ("plan", "--out", "p.json"),
    ("sync", "--prune", "--max-prune", "100%"), ("sync", "--keep-going", "--on-drift", "overwrite"), ("sync",
    "--adopt"),
    ("drift",), ("apply", "plan.json"), ("schema", "pull"), ("schema", "export"), ("explain", "unknown-type"),
    ("health",), ("smoke",), ("smoke", "-k", "a"), ("smoke", "--changed"), ("smoke", "--stop"), ("trust",),
    ("triggers",),
    ("triggers", "company", "--format", "json"),
)  # fmt: skip
NOT_FUZZED = {"dev", "test", "trial"}
"""Commands that run a server, or change one as they go: their own tests break them."""
VARIABLES = (
    "KESTRA_API_TOKEN", "KESTRA_TENANT", "KESTRA_USERNAME", "KESTRA_PASSWORD", "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY",
    "GITHUB_SERVER_URL", "CI", "CI_JOB_URL", "NO_COLOR", "FORCE_COLOR", "SSL_CERT_FILE", "SSL_CERT_DIR", "HTTPS_PROXY",
    "ALL_PROXY", "NO_PROXY", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "GIT_DIR", "KESTRA_DEPLOYER_TRUST", "COLUMNS", "TERM",
)  # fmt: skip
LINES = st.lists(
    st.sampled_from(
        [
            "id: a", "namespace: company.team", "tasks:", "  - id: b", "    type: io.kestra.plugin.core.log.Log",
            "    message: '{{ inputs.x | default(1) }}'", "    timeout: PT1S", "    retry: {type: constant}",
            "triggers:",
            "  - id: t", "    type: io.kestra.plugin.core.trigger.Schedule", "    cron: '* * * * *'", "inputs:",
            "  - id: x", "    type: STRING", "    validator: '(a|b)*[\\w'", "disabled: true",
            "deleted: true", "labels:",
            "  a: b", "variables: {password: x, y: [1, {z: null}]}", "# kestra-deployer: ignore[x] y", "---",
            "outputs:",
            "revision: 3", "pluginDefaults:", "    tasks:", "      - id: c", "concurrency: {limit: 1}", "\t", "",
        ]
    ),
    max_size=25,
).map("\n".join)  # fmt: skip


def spoilt(draw: st.DrawFn, data: Any) -> Any:
    """Return data with one part of it made something else, or gone."""
    data = json.loads(json.dumps(data))
    part = data
    while isinstance(part, dict | list) and part:
        names = sorted(part) if isinstance(part, dict) else range(len(part))
        name = draw(st.sampled_from(list(names)))
        if draw(st.booleans()) or not isinstance(part[name], dict | list):
            if draw(st.integers(0, 3)) == 0:
                del part[name]
            else:
                part[name] = draw(ANYTHING)
            break
        part = part[name]
    return data


def packed(draw: st.DrawFn) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("company.team-a.yml", draw(st.sampled_from([TEXT, TEXT + "# x\n", "id: [", ""])))
    found = bytearray(made.getvalue())
    for at in draw(st.lists(st.integers(0, len(found) - 1), max_size=2)):
        found[at] = draw(st.integers(0, 255))
    return bytes(found)


@st.composite
def worlds(draw: st.DrawFn) -> dict[str, Any]:
    """Files, variables, a command, and what a server answers to what."""

    def file(sound: Any, dump: Callable[[Any], str]) -> str:
        how = draw(st.sampled_from(["sound"] * 7 + ["spoilt"] * 2 + ["any"]))
        return draw(TEXTS) if how == "any" else dump(spoilt(draw, sound) if how == "spoilt" else sound)

    def told(sound: Any) -> tuple[int, bytes]:
        how = draw(st.sampled_from(["sound"] * 9 + ["spoilt"] * 2 + ["any"]))
        if how == "any":
            return draw(st.sampled_from([200, 400, 404, 409, 422, 500])), draw(TEXTS).encode("utf-8", "replace")
        return 200, json.dumps(spoilt(draw, sound) if how == "spoilt" else sound).encode()

    def rarely(sound: str, other: st.SearchStrategy[str]) -> str:
        return draw(other) if draw(st.sampled_from([False] * 5 + [True])) else sound

    verdicts = [{"index": number} for number in range(3)]
    return {
        "files": {
            "kestra-deployer.yaml": file(CONFIGURATION, yaml.safe_dump),
            "plan.json": file(PLAN, json.dumps),
            "kestra-plugins.json": file({"format": 1, "kestra": {}}, json.dumps) if draw(st.booleans()) else "",
            ".env": rarely("", TEXTS),
            "flows/a.yaml": rarely(draw(st.sampled_from([TEXT, TEXT + "# new\n"])), LINES | TEXTS),
            "flows/b.yaml": rarely("", LINES),
            "flows/c.smoke.yaml": rarely(SUITE, LINES),
        },
        "variables": draw(st.dictionaries(st.sampled_from(VARIABLES), st.sampled_from(["", "x", "/", "1",
        "http://p:1"]), max_size=3)),
        "command": draw(st.sampled_from(COMMANDS)),
        "format": draw(st.sampled_from(["text", "json", "github"])),
        "answers": {
            "/configs": told({"version": draw(st.sampled_from(["1.3.31", "2.0.0", "1.0.36"]))}),
            "/kv/": told({"type": "JSON", "value": LEDGER}),
            "/kv": told([]),
            "/export/": (200, packed(draw)),
            "/flows/search": told({"results": [STORED], "total": 1}),
            "/triggers/search": told({"results": [TRIGGER], "total": 1}),
            "/validate": told(verdicts[: draw(st.sampled_from([1, 1, 1, 2, 3]))]),
            "/revisions": told([STORED]),
            "/executions/": told(EXECUTION),
            "/flows/company.team": told(STORED),
            "/flows": told(STORED),
            "": told({}),
        },
    }  # fmt: skip


@pytest.mark.timeout(3600)  # of the longer search
@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large])
@given(world=worlds())
def test_no_command_ends_as_a_fault_of_ours(tmp_path: Path, world: dict[str, Any]) -> None:
    root = tmp_path / "project"
    shutil.rmtree(root, ignore_errors=True)
    for name, text in world["files"].items():
        if text:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_bytes(text.encode("utf-8", "surrogatepass"))
    root.mkdir(exist_ok=True)

    def respond(request: httpx.Request) -> httpx.Response:
        path = request.url.path
        status, body = next(answer for part, answer in world["answers"].items() if part in path)
        return httpx.Response(status, stream=httpx.ByteStream(body), headers={"content-type": "application/json"})

    home = {"HOME": str(tmp_path), "PATH": os.environ["PATH"], "KESTRA_DEPLOYER_CACHE": str(tmp_path / "cache")}
    variables = {"KESTRA_HOST": "http://kestra.invalid"} | home | world["variables"]
    command = list(world["command"])
    command += ["--format", world["format"]] if command[0] in ("check", "plan", "sync", "drift", "apply") else []
    out, err, before = io.StringIO(), io.StringIO(), Path.cwd()
    try:
        os.chdir(root)
        with (
            mock.patch.dict(os.environ, variables, clear=True),
            mock.patch("deployer.kestra.pool.Transport", return_value=httpx.MockTransport(respond)),
            redirect_stdout(out),
            redirect_stderr(err),
        ):
            code = run(command)
    finally:
        os.chdir(before)
    event(f"{command[0]} ends with {code}")
    said = out.getvalue() + err.getvalue()
    assert code != 70, said
    assert "Traceback" not in said
    assert code == 0 or said.strip(), "an end without a word"


def test_every_command_is_fuzzed_or_said_not_to_be() -> None:
    assert {command for command, *_ in COMMANDS} | NOT_FUZZED == cli.COMMANDS.keys()
