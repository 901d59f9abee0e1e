"""Plugins in the genuine engine: what they run, how strict it is about them, and those that do not fit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from engine.ftp import LISTING, ftp_server
from engine.http.written import logs_of
from engine.made_plugin import FLOW as SCRIPT
from engine.made_plugin import a_plugin
from engine.plugin_jars import COMMAND, TYPES, a_jar, plugin_fs, spoilt
from filelock import FileLock

from deployer.cache import cache_folder
from deployer.engine.install.jars import class_path
from deployer.engine.process.class_cache import prepare_classes
from deployer.engine.process.launch import RunningEngine, launch
from deployer.errors import EngineError
from deployer.model.version import DEFAULT, VERSIONS, named

pytestmark = pytest.mark.engine

YAML = {"content-type": "application/x-yaml"}

SOME = (*(pytest.param(each, marks=pytest.mark.thorough) for each in (VERSIONS[0], DEFAULT)), named("2.0"))


@pytest.fixture(scope="module", params=SOME, ids=lambda version: version.name)
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningEngine]:
    """An engine with a genuine plugin, one of ours, and its cache of classes: another process may be making that."""
    for lock in (cache_folder() / "aot").glob(f"kestra-{request.param.engine}-*.lock"):
        with FileLock(lock):
            pass
    ours = a_plugin(tmp_path_factory.mktemp("plugins") / "plugin-run.jar")
    with launch(request.param, plugins=[plugin_fs(), ours]) as running:
        yield running


@pytest.fixture
def api(engine: RunningEngine) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{engine.url}/api/v1/main", timeout=60) as client:
        yield client


def refusal(api: httpx.Client, text: str) -> str | None:
    answer = api.post("/flows/validate", content=text.encode(), headers=YAML)
    constraints: str | None = answer.json()[0].get("constraints")
    return constraints


def test_an_engine_says_which_plugins_it_has_loaded(engine: RunningEngine) -> None:
    assert (engine.plugins, engine.left_out) == (("plugin-fs 0.17.0 (33 types)", "plugin-run 1.2.3 (1 types)"), ())


def test_a_flow_runs_with_its_real_plugin_whose_outputs_the_next_task_uses(api: httpx.Client, tmp_path: Path) -> None:
    for name in ("one.csv", "two.csv"):
        (tmp_path / name).touch()
    assert api.post("/flows", content=LISTING.encode(), headers=YAML).status_code == 200
    with ftp_server(tmp_path) as port:
        path = "/executions/company.files/listing"
        answer = api.post(path, files={"port": (None, str(port))}, params={"wait": "true"})
    assert answer.json()["state"]["current"] == "SUCCESS"
    messages = {entry.get("taskId"): entry["message"] for entry in logs_of(api, answer.json()["id"], 2)}
    assert messages["tell"] == 'found ["one.csv","two.csv"]'


def test_it_is_as_strict_about_a_plugins_tasks_as_about_its_own(api: httpx.Client) -> None:
    assert refusal(api, LISTING) is None
    assert 'Unrecognized field "hostx" (class io.kestra.plugin.fs.ftp.List)' in str(
        refusal(api, LISTING.replace("host:", "hostx:"))
    )
    assert "Invalid type: io.kestra.plugin.fs.ftp.Listt" in str(refusal(api, LISTING.replace("ftp.List", "ftp.Listt")))


def test_the_cache_of_classes_is_the_same_with_plugins_as_without(engine: RunningEngine) -> None:
    caches = (cache_folder() / "aot").glob(f"kestra-{engine.version.engine}-*.aot")
    used = [cache for cache in caches if str(cache) in Path(f"/proc/{engine.pid}/maps").read_text()]
    assert used == [prepare_classes(engine.version, class_path(engine.version))]


TASK = b"io/kestra/core/models/tasks/Task"
CONTEXT = b"io/kestra/core/runners/RunContext"
MISFITS = {
    "a missing superclass": (COMMAND, TASK, TASK[:-3] + b"usk", "needs the class io.kestra.core.models.tasks.Tusk, "),
    "a class in a signature": (COMMAND, CONTEXT, CONTEXT[:-3] + b"act", "needs the class io.kestra.core.runners."),
    "a later Java": (COMMAND, bytes((0, 0, 0, 65)), bytes((0, 0, 0, 97)), "needs a newer Java: "),
    "a type it does not have": (TYPES, b"ssh.Command", b"ssh.Commune", "it lists io.kestra.plugin.fs.ssh.Commune, but"),
}


ELSEWHERE = ("a missing superclass", "a later Java", "a type it does not have")
"""Misfits that `tests/cli/test_plugins.py` and `test_what_does_not_fit_is_left_out_and_the_rest_runs` show, too."""


@pytest.mark.parametrize(
    ("misfit", "name"),
    [
        pytest.param(misfit, name, marks=[pytest.mark.thorough] if misfit in ELSEWHERE else [])
        for misfit, name in zip(MISFITS, ("2.0", DEFAULT.name, "2.0", DEFAULT.name), strict=True)
    ],
)  # one version finds each
def test_where_no_plugin_fits_the_start_is_refused_with_what_is_missing(tmp_path: Path, misfit: str, name: str) -> None:
    version = named(name)
    entry, old, new, cause = MISFITS[misfit]
    jar = spoilt(tmp_path, entry, old, new)
    with pytest.raises(EngineError, match=rf"plugin-to-come\.jar does not fit Kestra {version.engine}") as caught:
        launch(version, plugins=[jar]).__enter__()
    assert cause in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.hint


def test_a_plugin_finds_the_classes_for_scripts_that_every_server_has(api: httpx.Client) -> None:
    assert refusal(api, SCRIPT) is None
    assert 'Unrecognized field "imago"' in str(refusal(api, SCRIPT.replace("image", "imago")))
    assert api.post("/flows", content=SCRIPT.encode(), headers=YAML).status_code == 200
    answer = api.post("/executions/company.team/script", files={"any": (None, "")}, params={"wait": "true"})
    assert answer.json()["state"]["current"] == "SUCCESS"


def test_what_does_not_fit_is_left_out_and_the_rest_runs(tmp_path: Path) -> None:
    (tmp_path / "plugin-fs.jar").symlink_to(plugin_fs())
    a_plugin(tmp_path / "a.jar", above="io/kestra/core/models/tasks/Tusk")
    a_plugin(tmp_path / "b.jar", name="org.example.Other", above="com/library/Thing")
    a_plugin(tmp_path / "c.jar", name="org.example.Third", holds=False)
    a_jar(tmp_path / "library.jar")
    (tmp_path / "torn.jar").write_bytes(plugin_fs().read_bytes()[:1000])
    a_plugin(tmp_path / "d.jar", name="org.example.Fourth", java=53)
    with launch(DEFAULT, plugins=[tmp_path]) as engine:
        assert engine.plugins == ("plugin-fs 0.17.0 (33 types)",)
        why = {each.jar: each.reason for each in engine.left_out}
    assert "org.example.Run needs the class io.kestra.core.models.tasks.Tusk, which Kestra 1.3.31" in why.pop("a.jar")
    assert "org.example.Other needs the class com.library.Thing, which is neither" in why.pop("b.jar")
    assert "it lists org.example.Third, but does not contain it" in why.pop("c.jar")
    assert "there is no plugin in" in why.pop("library.jar")
    assert "is not a jar" in why.pop("torn.jar")
    assert "org.example.Fourth needs a newer Java" in why.pop("d.jar")
    assert why == {}


def test_data_in_a_folder_can_be_opened_with_other_plugins_than_before(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with launch(DEFAULT, data=data, plugins=[plugin_fs()]) as engine:
        answer = httpx.post(f"{engine.url}/api/v1/main/flows", content=LISTING.encode(), headers=YAML, timeout=60)
        assert answer.status_code == 200
    with launch(DEFAULT, data=data) as engine:
        assert engine.plugins == ()
        found = httpx.get(f"{engine.url}/api/v1/main/flows/search", timeout=60).json()["results"]
    assert [flow["id"] for flow in found] == ["listing"]
    assert "Could not resolve type id 'io.kestra.plugin.fs.ftp.List'" in found[0]["exception"]
    with launch(DEFAULT, data=data, plugins=[plugin_fs()]) as engine:
        found = httpx.get(f"{engine.url}/api/v1/main/flows/search", timeout=60).json()["results"]
    assert "exception" not in found[0]
