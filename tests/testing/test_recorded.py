"""A suite that was recorded from an execution passes on a new engine, and fails when its flow is broken."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from cli.conftest import api, deployer, project, server
from cli.project import Ended, Project
from cli.terminal import talk
from proxy import Proxy
from testing.executions import create, ended, execute, run_suites

from deployer.engine.process.launch import RunningEngine
from deployer.kestra.client import KestraClient
from deployer.language.leaves import as_text
from deployer.model.document import Document
from deployer.model.smoke import SmokeResult, Verdict
from deployer.parsing.parse import parse
from deployer.read.suites import suites
from deployer.settings import Settings
from deployer.testing.draft import escaped

__all__ = ["api", "deployer", "project", "server"]

Run = Callable[..., Ended]

CORE, ABSENT = "io.kestra.plugin.core.output.OutputValues", "io.kestra.plugin.fs.http.Fetch"
"""What a task is on the server, which has the plugin, and in the file: an engine of our own does not have it."""
LOOPS = {
    "1.3": ("io.kestra.plugin.core.flow.ForEach", "taskrun.value", "outputs.page[taskrun.value].values.got"),
    "2.0": ("io.kestra.plugin.core.flow.Loop", "item.value", "outputs.page.values.got"),
}
NASTY = "\n{{ x }} {% if %} {# c #} \"q\" 'p' \\ {%- endraw -%} ü\u202e\n"
FLOW = """\
id: shop
namespace: company.team
inputs:
  - {id: who, type: STRING}
  - {id: pause, type: DURATION}
  - {id: pin, type: SECRET}
  - {id: article, type: STRING}
  - {id: table, type: FILE}
  - {id: address.city, type: STRING}
  - {id: at, type: DATETIME}
tasks:
  - id: fetch
    type: TYPE
    values:
      code: 200
      token: hunter2hunter2
      echo: say hunter2hunter2
      body: "{{ inputs.article }}"
      nasty: "{{ inputs.who }}"
      items: ["{{ inputs.who }}", 1, {deep: "{{ inputs.who }}"}]
  - id: pages
    type: LOOP
    values: [a, "b'\\"", {n: 1}, 5]
    tasks:
      - {id: page, type: TYPE, values: {got: "<{{ VALUE }}>"}}
      - {id: show, type: io.kestra.plugin.core.log.Log, message: "got {{ GOT }}"}
      - {id: check, type: io.kestra.plugin.core.execution.Fail, condition: "{{ GOT == '' }}"}
  - id: say
    type: io.kestra.plugin.core.log.Log
    message: "{{ inputs.who }} {{ outputs.fetch.values.token }} {{ outputs.fetch.values.body }}"
  - {id: read, type: io.kestra.plugin.core.log.Log, message: "{{ read(inputs.table) }}"}
  - id: wait
    type: io.kestra.plugin.core.flow.Pause
    pauseDuration: PT0.1S
  - id: call
    type: io.kestra.plugin.core.flow.Subflow
    namespace: company.other
    flowId: helper
    wait: true
outputs:
  - {id: code, type: INT, value: "{{ outputs.fetch.values.code }}"}
  - {id: nasty, type: STRING, value: "{{ outputs.fetch.values.nasty }}"}
  - {id: items, type: JSON, value: "{{ outputs.fetch.values.items }}"}
  - {id: place, type: STRING, value: "{{ inputs.address.city }} {{ inputs.pause }} {{ inputs.at }}"}
  - {id: now, type: STRING, value: "{{ now() }}"}
  - {id: pin, type: STRING, value: "{{ inputs.pin }}"}
  - {id: answer, type: STRING, value: "{{ outputs.call.outputs.answer }}"}
  - {id: run, type: STRING, value: "{{ execution.id }}"}
"""
HELPER = """\
id: helper
namespace: company.other
tasks:
  - {id: say, type: io.kestra.plugin.core.log.Log, message: hi}
outputs:
  - {id: answer, type: STRING, value: forty-two}
"""
INPUTS: Mapping[str, Any] = {
    "who": NASTY, "pause": "PT1M30S", "pin": "1234-5678", "article": "word " * 2000, "address.city": "Bonn",
    "at": "2026-01-31T10:30:00+02:00",
}  # fmt: skip


def flow(version: str, type_: str) -> str:
    loop, value, got = LOOPS[version]
    return FLOW.replace("TYPE", type_).replace("LOOP", loop).replace("VALUE", value).replace("GOT", got)


@dataclass(frozen=True, slots=True)
class Bench:
    """A project, a server that it can record executions of, and an engine of the same version to run its tests on."""

    project: Project
    run: Run
    api: httpx.Client
    engine: RunningEngine
    way: Mapping[str, str]

    @property
    def version(self) -> str:
        return self.engine.version.name

    def results(self, attempt: str = "test") -> list[SmokeResult]:
        return run_suites(self.engine, f"{self.way['KESTRA_TENANT']}-{attempt}", self.project.root)


@pytest.fixture
def bench(project: Project, deployer: Run, api: httpx.Client, engine: RunningEngine, server: Proxy) -> Bench:
    tenant = str(api.base_url).rstrip("/").rpartition("/")[2]
    return Bench(project, deployer, api, engine, {"KESTRA_HOST": server.url, "KESTRA_TENANT": tenant})


@pytest.mark.every_version
def test_it_passes_and_fails_when_the_flow_is_broken(bench: Bench) -> None:
    create(bench.api, HELPER)
    create(bench.api, flow(bench.version, CORE))
    execution = execute(bench.api, "shop", **INPUTS, table=("a.csv", b"a,b"))
    assert ended(bench.api, execution)["state"]["current"] == "SUCCESS", bench.api.get(f"/logs/{execution}").text
    bench.project.write("flows/shop.yaml", flow(bench.version, ABSENT))

    shown = bench.run("test", "--record", execution)
    assert shown.code == 0, shown.stderr
    assert "not written: it would be flows/shop.smoke.yaml; add --write" in shown.stderr
    assert not (bench.project.root / "flows/shop.smoke.yaml").exists()
    written = bench.run("test", "--record", execution, "--write")
    text = (bench.project.root / "flows/shop.smoke.yaml").read_text()
    assert written.stdout == text == shown.stdout
    for secret in ("hunter2", "1234-5678", "word word"):
        assert secret not in text + written.stderr
    assert "`outputs.fetch.values.token` is left out: it is a secret" in written.stderr

    [result] = bench.results()
    assert result.verdict is Verdict.PASSED, (result.message, result.checked)

    bench.project.write(
        "flows/shop.yaml", flow(bench.version, ABSENT).replace("outputs.fetch.values.code }}", "inputs.who }}")
    )
    [result] = bench.results("broken")
    assert result.verdict is Verdict.FAILED


SAMPLES = Path(__file__).parents[2] / "flows"


def document(name: str, text: str) -> Document:
    found, problems = parse(name, text)
    assert found, problems
    return found


TEXTS = [
    *("{{ a }}", "\n{{ a }}\n", " {{ a", "{%", "{#", "{% endraw %}", "a{%- endraw -%}\n\nb{%endraw%}{{ c }}\\"),
    *(
        "'\"\\{{ '\\' }}",
        "{% raw %}x{% endraw %}",
        "#{x}{{ #{y} }}",
        "\r\n{{\u2028{{\x85{%",
        "{{{%{#",
        "{% raw %}",
        "}}{{",
    ),
]


def test_outputs_of_a_fixture_are_what_they_were(bench: Bench) -> None:
    create(
        bench.api,
        "id: one\nnamespace: company.team\ntasks: [{id: t, type: io.kestra.plugin.core.log.Log, message: hi}]\n",
    )
    outputs = {"texts": [*TEXTS, *(f"{one}x{other}" for one in TEXTS for other in TEXTS)], "{{ k }}": {"n": 1}}
    with KestraClient(Settings(host=bench.engine.url, tenant=bench.way["KESTRA_TENANT"])) as client:
        fixtures = {"tasks": [{"id": "t", "state": "SUCCESS", "outputs": escaped({**outputs, "none": None})}]}
        started = client.create_execution("company.team", "one", labels={"run": "one"}, fixtures=fixtures)
        ended(bench.api, started.id)
        [run] = client.execution(started.id).task_runs
        assert client.outputs_from_task_run(started.id, run) == outputs


def test_one_that_a_webhook_started_and_that_failed(bench: Bench) -> None:
    text = """\
id: hooked
namespace: company.team
tasks:
  - {id: get, type: TYPE, values: {name: "{{ trigger.body.name }}"}}
  - {id: check, type: io.kestra.plugin.core.execution.Fail, condition: "{{ trigger.body.n > 3 }}"}
errors:
  - {id: tell, type: TYPE, values: {text: "{{ trigger.body.name }}"}}
triggers:
  - {id: hook, type: io.kestra.plugin.core.trigger.Webhook, key: abcdefgh}
outputs:
  - {id: name, type: STRING, value: "{{ outputs.get.values.name }}"}
"""
    create(bench.api, text.replace("TYPE", CORE))
    body = {"name": "Ada {{ x }}", "n": 7, "password": "hunter2hunter2"}
    answer = bench.api.post("/executions/webhook/company.team/hooked/abcdefgh", json=body, headers={"X-Who": "me"})
    assert answer.is_success, answer.text
    execution = answer.json()["id"]
    assert ended(bench.api, execution)["state"]["current"] == "FAILED"
    bench.project.write("flows/hooked.yaml", text.replace("TYPE", ABSENT))
    written = bench.run("test", "--record", execution, "--write")
    assert written.code == 0, written.stderr
    [case] = document("x", written.stdout).data["testCases"]
    assert case["fixtures"]["trigger"]["variables"]["body"] == {"name": "Ada {{ x }}", "n": 7}
    assert (case["expectedState"], case["expectedTaskStates"]) == ("FAILED", {"check": "FAILED"})
    [result] = bench.results()
    assert result.verdict is Verdict.PASSED, (result.message, result.checked)


LOG = "{id: say, type: io.kestra.plugin.core.log.Log, message: hi}"
HOLD = "{id: hold, type: io.kestra.plugin.core.flow.Sleep, duration: PT60S}"
SIMPLE = "id: a\nnamespace: company.team\ntasks:\n  - {task}\n"


@pytest.mark.one_version
def test_what_cannot_be_recorded_is_refused(bench: Bench) -> None:
    create(bench.api, SIMPLE.format(task=HOLD))
    bench.project.flow("b")
    started = bench.api.post("/executions/company.team/a", files={"none": (None, "")}).json()["id"]
    running = bench.run("test", "--record", started)
    assert running.code == 2
    assert "and not over yet" in running.stderr
    bench.api.delete(f"/executions/{started}/kill")
    ended(bench.api, started)
    killed = bench.run("test", "--record", started)
    assert killed.code == 2
    assert "ended KILLED, which no test can bring about" in killed.stderr
    bench.api.put(
        "/flows/company.team/a", content=SIMPLE.format(task=LOG), headers={"Content-Type": "application/x-yaml"}
    )
    elsewhere = bench.run("test", "--record", execute(bench.api, "a"))
    assert elsewhere.code == 2
    assert "no file under flows declares the flow company.team/a" in elsewhere.stderr
    for option in (("-k", "x"), ("--tag", "x"), ("--coverage",), ("--logs", "all"), ("--report", "json=x")):
        of_a_run = bench.run("test", "--record", "nothing", *option)
        assert of_a_run.code == 2
        assert f"{option[0]} is for running tests, and --record makes one" in of_a_run.stderr
    unknown = bench.run("test", "--record", "nothing")
    assert unknown.code == 2
    assert "the server has no execution nothing in the tenant" in unknown.stderr
    assert "404" in unknown.stderr


@pytest.mark.one_version
def test_a_suite_that_is_there_stays_and_a_person_is_asked(bench: Bench) -> None:
    bench.project.flow("a")
    create(bench.api, (bench.project.root / "flows/company.team/a.yaml").read_text())
    execution = execute(bench.api, "a")
    assert bench.run("test", "--record", execution, "--write").code == 0
    first = (bench.project.root / "flows/company.team/a.smoke.yaml").read_text()
    question = {"Write flows/company.team/a-2.smoke.yaml? [y/N]: ": ["n\n"]}
    assert "not written" in talk("test", "--record", execution, answers=question, environ=bench.way).shown
    question = {"Write flows/company.team/a-2.smoke.yaml? [y/N]: ": ["y\n"]}
    assert talk("test", "--record", execution, answers=question, environ=bench.way).code == 0
    assert (bench.project.root / "flows/company.team/a.smoke.yaml").read_text() == first
    assert (bench.project.root / "flows/company.team/a-2.smoke.yaml").is_file()
    assert {each.case.suite: each.verdict for each in bench.results()} == dict.fromkeys(("a", "a-2"), Verdict.PASSED)
    again = bench.run("test", "flows", "-k", "company.team/a: a-2/", "--format", "json")
    assert (again.code, [each["suite"] for each in again.report["smokes"]]) == (0, ["a-2"])


def samples(bench: Bench) -> list[str]:
    """Put the sample flows into the project, without their suites; return their paths."""
    names = []
    for file in sorted(SAMPLES.rglob("*.yaml")):
        if not file.name.endswith(".smoke.yaml"):
            bench.project.write(f"flows/{file.relative_to(SAMPLES)}", file.read_text())
            names.append(f"{file.parent.name}/{file.stem}")
    return names


def failures(results: list[SmokeResult]) -> dict[str, str]:
    return {each.case.name: each.message for each in results if each.verdict is not Verdict.PASSED}


def test_every_sample_flow_passes_what_is_suggested(bench: Bench) -> None:
    names = samples(bench)
    for name in names:
        made = bench.run("test", "--suggest", name, "--write", "--kestra", bench.version)
        assert made.code == 0, made.stderr
    results = bench.results()
    assert sorted(each.case.flow.path for each in results) == sorted(names)
    assert failures(results) == {}


def test_every_execution_of_a_sample_flow_passes_what_is_recorded(bench: Bench) -> None:
    for name in samples(bench):
        create(bench.api, (SAMPLES / f"{name}.yaml").read_text())
    cases, problems = suites([document(str(file), file.read_text()) for file in SAMPLES.rglob("*.smoke.yaml")])
    assert problems == []
    for case in cases:
        inputs = {name: as_text(value) for name, value in case.inputs.items()}
        execution = execute(bench.api, case.flow.name, case.flow.namespace, **inputs)
        made = bench.run("test", "--record", execution, "--write")
        assert made.code == 0, made.stderr
        assert f"expectedState: {case.expects.state}" in made.stdout
    results = bench.results()
    assert len(results) == len(cases)
    assert failures(results) == {}


IN_A_DIRECTORY = """\
id: many
namespace: company.team
tasks:
  - id: dir
    type: io.kestra.plugin.core.flow.WorkingDirectory
    tasks:
      - {id: inner, type: TYPE, values: {n: 1}}
  - id: pages
    type: LOOP
    values: [1, 2, 3]
    tasks:
      - id: each
        type: io.kestra.plugin.core.flow.Sequential
        tasks:
          - {id: page, type: TYPE, values: {n: "{{ outputs.dir is defined }}"}}
          - {id: check, type: io.kestra.plugin.core.execution.Fail, condition: "{{ outputs.page is not defined }}"}
  - {id: broken, type: BROKEN, allowFailure: true}
  - {id: skipped, type: TYPE, values: {n: 1}, runIf: "{{ false }}"}
  - {id: gone, type: TYPE, values: {n: 1}, disabled: true}
outputs:
  - {id: done, type: BOOL, value: "{{ outputs.dir is defined }}"}
"""


def test_tasks_in_others_that_fail_and_that_do_not_run(bench: Bench) -> None:
    text = IN_A_DIRECTORY.replace("LOOP", LOOPS[bench.version][0])
    create(bench.api, text.replace("TYPE", CORE).replace("BROKEN", "io.kestra.plugin.core.execution.Fail"))
    execution = execute(bench.api, "many")
    bench.project.write("flows/many.yaml", text.replace("TYPE", ABSENT).replace("BROKEN", ABSENT))
    made = bench.run("test", "--record", execution, "--write")
    assert made.code == 0, made.stderr
    assert "`dir` is mocked with all tasks in it" in made.stderr
    [case] = document("x", made.stdout).data["testCases"]
    states = {each["id"]: each["state"] for each in case["fixtures"]["tasks"]}
    assert states == {"dir": "SUCCESS", "page": "SUCCESS", "broken": "WARNING", "skipped": "SKIPPED"}
    assert case["expectedState"] == "WARNING"
    assert failures(bench.results()) == {}
