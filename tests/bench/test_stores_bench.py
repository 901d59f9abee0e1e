"""The command that measures databases still runs, and says everything it is to say of a server that is there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from deployer.engine.process.launch import RunningEngine

pytestmark = [pytest.mark.one_version("2.0"), pytest.mark.thorough]

BENCH = Path(__file__).parents[2] / "bench" / "stores.py"
BELOW = {"filters[namespace][STARTS_WITH]": "company.bench."}
FLOWS = 6


def run(engine: RunningEngine) -> subprocess.CompletedProcess[str]:
    few = ["--flows", f"{FLOWS}x2", "--repeats", "1", "--only-servers", "--server", f"Here={engine.url}"]
    return subprocess.run([sys.executable, str(BENCH), *few], capture_output=True, text=True, check=False)


@pytest.fixture
def api(engine: RunningEngine) -> httpx.Client:
    return httpx.Client(base_url=f"{engine.url}/api/v1/main", timeout=60)


def test_it_measures_both_sides_and_every_form_and_leaves_nothing_behind(
    engine: RunningEngine, api: httpx.Client
) -> None:
    ended = run(engine)
    assert ended.returncode == 0, ended.stderr
    blocks = re.findall(r"(?:^\|.*\n)+", ended.stdout, re.MULTILINE)
    tables = [[[cell.strip() for cell in row.strip("|").split("|")] for row in each.splitlines()] for each in blocks]
    sides, aims, forms = (rows[2:] for rows in tables)
    assert [row[:3] for row in sides] == [
        ["6 flows of 2 revisions", "Here", side] for side in ("`sync`", "one GET for each flow")
    ]
    ours, each = (int(row[4]) for row in sides)
    assert ours < each == FLOWS
    assert [(row[1], row[3]) for row in aims] == [("at most 0.33", "no")]  # a process takes longer than six requests
    assert len({row[0] for row in forms}) == len(forms) == 9
    assert all(re.fullmatch(r"[\d.]+ s \([\d.]+\)", row[1]) for row in forms)
    with api:
        assert api.get("/flows/search", params=BELOW).json()["total"] == 0
        assert api.get("/namespaces/system/kv/kestra-deployer.kestra-deployer-bench.default").status_code == 404


def test_a_server_that_has_such_flows_is_refused_and_keeps_them(engine: RunningEngine, api: httpx.Client) -> None:
    task = "tasks: [{id: say, type: io.kestra.plugin.core.log.Log, message: hello}]"
    text = f"id: theirs\nnamespace: company.bench.other\n{task}\n"
    with api:
        api.post("/flows", content=text, headers={"content-type": "application/x-yaml"}).raise_for_status()
        ended = run(engine)
        kept = api.get("/flows/company.bench.other/theirs").status_code
        api.delete("/flows/company.bench.other/theirs").raise_for_status()
    assert (ended.returncode, ended.stdout, kept) == (1, "", 200)
    assert "has flows below company.bench already" in ended.stderr
