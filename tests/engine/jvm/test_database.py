"""What H2 is told when the engine opens its database."""

from __future__ import annotations

from pathlib import Path

import pytest

from deployer.engine.jvm.database import Database

DATA = Path("/data/database")


@pytest.mark.parametrize("database", Database)
@pytest.mark.parametrize("file", [None, DATA])
def test_every_database_keeps_moments_in_utc_waits_for_locks_and_is_closed_by_the_engine_alone(
    database: Database, file: Path | None
) -> None:
    assert {"TIME ZONE=UTC", "LOCK_TIMEOUT=30000", "DB_CLOSE_ON_EXIT=FALSE"} <= {*database.url(file).split(";")}


def test_in_memory_a_server_has_what_kestra_says_by_itself() -> None:
    url = "jdbc:h2:mem:public;TIME ZONE=UTC;DB_CLOSE_ON_EXIT=FALSE;LOCK_TIMEOUT=30000;DB_CLOSE_DELAY=-1"
    assert Database.SERVER.url(None) == url
    assert Database.EMBEDDED.url(None) == f"{url};ANALYZE_AUTO=100"


def test_in_a_file_a_server_writes_when_h2_likes_to_and_the_embedded_engine_at_each_commit() -> None:
    url = "jdbc:h2:file:/data/database;TIME ZONE=UTC;DB_CLOSE_ON_EXIT=FALSE;LOCK_TIMEOUT=30000"
    assert Database.SERVER.url(DATA) == f"{url};WRITE_DELAY=500"
    assert Database.EMBEDDED.url(DATA) == f"{url};ANALYZE_AUTO=100;WRITE_DELAY=0"
