"""How the engine's H2 database is opened. Pure."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

_ALWAYS = ("TIME ZONE=UTC", "DB_CLOSE_ON_EXIT=FALSE", "LOCK_TIMEOUT=30000")
"""The time to wait for a locked row, in milliseconds, is that of `kestra server local`. With H2's 2000, a machine that
is too busy for two seconds ends Kestra 1.0 to 1.2, and leaves an execution of 1.3 RUNNING for ever (docs/engine.md)."""


class Database(StrEnum):
    """Which settings H2 gets."""

    EMBEDDED = "embedded"
    """Ours: searches are fast from the first flow on, and stored data survives any kill."""

    SERVER = "server"
    """Kestra's own: searches are as slow, and a kill loses as much, as on a server with H2."""

    def url(self, file: Path | None) -> str:
        """Return the JDBC URL of the database in `file` (a path without suffix), or in memory where that is None."""
        place, settings = ("mem:public", ("DB_CLOSE_DELAY=-1",)) if file is None else (f"file:{file}", ())
        return "jdbc:h2:" + ";".join((place, *_ALWAYS, *settings, *self._settings(in_file=file is not None)))

    def _settings(self, *, in_file: bool) -> tuple[str, ...]:
        if self is Database.SERVER:
            # those of `kestra server local`, except that H2 closes the file when the engine ends, so that it is
            # complete. The delay is H2's default; it must be given, as the file keeps the last value that was set
            return ("WRITE_DELAY=500",) if in_file else ()
        # H2 analyzes a table after this many changes, and again whenever they have doubled. With its default of 2000 a
        # search by namespace of 1,200 flows took 20 s, as it was planned for a table of a few rows; with 100 it takes
        # 0.2 s. It writes at each commit: with its default delay of half a second, a kill loses acknowledged flows
        return ("ANALYZE_AUTO=100", *(("WRITE_DELAY=0",) if in_file else ()))
