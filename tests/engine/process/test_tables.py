"""The tables that an engine in memory starts with: those of the version's own migrations, and nothing in them."""

from __future__ import annotations

import re
import time

import pytest

from deployer.engine.install.jars import class_path
from deployer.engine.process.class_cache import LIMIT, prepare_classes
from deployer.engine.process.handshake import script_beside
from deployer.model.version import VERSIONS, KestraVersion

HISTORY = {"flyway_schema_history", "KESTRA_MIGRATION_HISTORY"}


@pytest.mark.engine
@pytest.mark.parametrize("version", VERSIONS, ids=lambda version: version.name)
def test_the_script_has_tables_and_no_rows_but_those_that_name_the_migrations(version: KestraVersion) -> None:
    jars, ends = class_path(version), time.monotonic() + LIMIT
    while not (cache := prepare_classes(version, jars)) and time.monotonic() < ends:
        time.sleep(0.2)  # another process of the tests makes it
    assert cache
    script = script_beside(cache).read_text()
    tables = set(re.findall(r'^CREATE \w+ TABLE "PUBLIC"\."(\w+)"', script, re.MULTILINE))
    filled = set(re.findall(r'^INSERT INTO "PUBLIC"\."(\w+)"', script, re.MULTILINE))
    assert tables >= {"FLOWS", "EXECUTIONS", "QUEUES"}
    assert filled
    assert filled <= HISTORY
