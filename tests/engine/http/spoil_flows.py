"""A program: store flows in an engine's data folder, then make some of them unreadable, as a removed plugin does.

Arguments: the version's name, the folder.
"""

from __future__ import annotations

import os
import subprocess
import sys
import traceback
from pathlib import Path

from engine.http.flow_texts import LOG, flow

from deployer.engine.install.jars import class_path
from deployer.engine.jvm.context import Kestra, boot
from deployer.engine.process import data
from deployer.engine.process.class_cache import prepare_classes
from deployer.engine.runtime.runtime import runtime_of
from deployer.model import version as versions

SPOILED = ("spoiled", "mended")
TENANTS = ("main", "other")
"""Each has a sound flow and the spoiled ones: for those who read, and for those who write."""


def spoiled_folder(version: versions.KestraVersion, folder: Path) -> Path:
    """Run this program in a process of its own, as a JVM starts only once in one; return the folder."""
    path = os.pathsep.join([str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")])  # where its texts are
    environment = {**os.environ, "PYTHONPATH": path}
    subprocess.run([sys.executable, __file__, version.name, str(folder)], env=environment, check=True, timeout=200)
    return folder


def main(name: str, folder: Path) -> None:
    version = versions.named(name)
    claimed = data.claim(folder, version.engine)
    jars = class_path(version)
    kestra = boot(
        version, jars, folder, in_memory=False, jvm_options=[f"-XX:AOTCache={prepare_classes(version, jars)}"]
    )
    runtime = runtime_of(kestra)
    for tenant in TENANTS:
        for identifier in ("sound", *SPOILED):
            runtime.create_flow(runtime.parse_flow(tenant, flow(identifier)))
    for identifier in SPOILED:
        spoil(kestra, identifier)
    kestra.close()
    claimed.release()


def spoil(kestra: Kestra, identifier: str) -> None:
    """Change the type of a stored flow's task, in the table only: its source stays what it was."""
    pool = kestra.bean("javax.sql.DataSource")
    source = kestra.java("io.micronaut.data.connection.jdbc.advice.DelegatingDataSource").unwrapDataSource(pool)
    connection = source.getConnection()
    connection.setAutoCommit(True)
    changed = connection.createStatement().executeUpdate(
        f"""update flows set "value" = replace(cast("value" as varchar), '{LOG}', 'gone.Gone') """  # noqa: S608
        f"""where "id" = '{identifier}'"""
    )
    connection.close()
    if changed != len(TENANTS):
        raise ValueError(f"{changed} rows changed for {identifier}, not {len(TENANTS)}")


if __name__ == "__main__":
    try:
        main(sys.argv[1], Path(sys.argv[2]))
        status = 0
    except BaseException:  # noqa: BLE001  (Java's own threads would keep a failed process alive)
        traceback.print_exc()
        status = 1
    sys.stderr.flush()
    os._exit(status)
