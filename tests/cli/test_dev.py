from __future__ import annotations

import signal
import subprocess
from pathlib import Path

import httpx
import pytest
from cli.project import Dev, Project, address
from engine.made_plugin import a_plugin
from engine.plugin_jars import COORDINATE

from deployer.cli.embedded import words
from deployer.engine.install.progress import Progress, Stage
from deployer.model.version import DEFAULT


@pytest.mark.engine
def test_it_prints_where_it_is_says_what_it_is_and_ends_well_at_an_interrupt(dev: Dev) -> None:
    process = dev("--port", "0", "--kestra", "2.0")
    url = address(process)
    assert httpx.get(f"{url}/api/v1/configs", timeout=30).json()["version"] == "2.0.0"
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "development server without a user interface" in said
    assert f"KESTRA_HOST={url} kestra-deployer sync" in said
    assert "Traceback" not in said
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{url}/api/v1/configs")


@pytest.mark.engine
def test_it_asks_for_the_user_it_was_given_and_does_not_show_the_password(
    dev: Dev, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KESTRA_DEPLOYER_BASIC_AUTH", "ann@example.com:Sesame:1")  # or --basic-auth: click reads both
    process = dev("--port", "0", "--host", "0.0.0.0")
    url = address(process)
    assert url.startswith("http://127.0.0.1:")
    assert b"Sesame" not in Path(f"/proc/{process.pid}/cmdline").read_bytes()
    assert httpx.get(f"{url}/api/v1/main/flows/search", timeout=30).status_code == 401
    answer = httpx.get(f"{url}/api/v1/main/flows/search", auth=("ann@example.com", "Sesame:1"), timeout=30)
    assert answer.status_code == 200
    process.terminate()
    _, said = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "KESTRA_USERNAME=ann@example.com KESTRA_PASSWORD=..." in said
    assert "Sesame" not in said


def test_an_address_that_others_reach_needs_credentials(dev: Dev) -> None:
    process = dev("--port", "0", "--host", "0.0.0.0")
    _, said = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "could run flows on this machine" in said


@pytest.mark.engine
def test_credentials_may_come_from_a_file_which_comes_before_the_variable(
    dev: Dev, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "login"
    file.write_text("ann@example.com:from a file\n")
    monkeypatch.setenv("KESTRA_DEPLOYER_BASIC_AUTH", "ann@example.com:from a variable")
    url = f"{address(dev('--port', '0', '--basic-auth-file', str(file)))}/api/v1/main/flows/search"
    assert httpx.get(url, auth=("ann@example.com", "from a file"), timeout=30).status_code == 200
    assert httpx.get(url, auth=("ann@example.com", "from a variable"), timeout=30).status_code == 401
    assert httpx.get(url, timeout=30).status_code == 401


@pytest.mark.parametrize("tenant", ["..", "a/b", "", "A", "x" * 65])
def test_a_tenant_has_a_name_that_kestra_would_take(dev: Dev, tenant: str) -> None:
    process = dev("--tenant", tenant)
    _, said = process.communicate(timeout=60)
    assert (process.returncode, "is not a valid tenant name" in said) == (2, True)


@pytest.mark.parametrize("text", ["ann", "ann:", ":secret"])
def test_credentials_that_are_not_two_are_a_usage_error(dev: Dev, text: str) -> None:
    process = dev("--basic-auth", text)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "USER:PASSWORD" in said


@pytest.mark.engine
def test_it_says_which_plugins_it_has_that_are_configured_and_which_are_left_out(dev: Dev, project: Project) -> None:
    """Those that are given: `tests/cli/test_plugins.py`."""
    project.write("kestra-deployer.yaml", "engine:\n  plugins: [nowhere]\n")
    project.write("elsewhere/engine.yaml", f"engine:\n  plugins: [{COORDINATE}, torn.jar]\n")
    a_plugin(project.root / "elsewhere" / "torn.jar", holds=False)
    process = dev("--port", "0", "--config", "elsewhere/engine.yaml")
    address(process)
    process.send_signal(signal.SIGINT)
    said = process.communicate(timeout=60)[1]
    assert "with plugin plugin-fs 0.17.0 (33 types)" in said
    assert "warning: the plugin torn.jar does not fit Kestra 1.3.31: it lists org.example.Run, but does not" in said


@pytest.mark.engine
def test_an_engine_that_ends_by_itself_is_an_error(dev: Dev) -> None:
    process = dev("--port", "0")
    address(process)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
    engine = int(children.split()[0])
    subprocess.run(["kill", "-9", str(engine)], check=True)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 3
    assert "Kestra 1.3.31 ended by itself, killed by SIGKILL" in said
    assert "hint: " in said


@pytest.mark.parametrize(
    ("progress", "line"),
    [
        (Progress(Stage.FETCH, 3, 225, 1_400_000), "Fetching Kestra 1.3.31 (once): 3 of 225 jars, 1 MB"),
        (Progress(Stage.WAIT), "Waiting for another process that fetches jars to the same folder"),
        (Progress(Stage.PLUGINS, 1, 2, 19_000_000), "Fetching plugins (once): 1 of 2 jars, 19 MB"),
        (Progress(Stage.PREPARE), "Preparing Kestra 1.3.31 for fast starts (once, about half a minute)"),
        (Progress(Stage.START), "Starting Kestra 1.3.31"),
    ],
)
def test_what_takes_long_is_said_in_one_line(progress: Progress, line: str) -> None:
    assert words(progress, DEFAULT) == line
