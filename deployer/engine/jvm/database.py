"""How the engine's H2 database is opened. Pure."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

_ALWAYS = ("TIME ZONE=UTC", "DB_CLOSE_ON_EXIT=FALSE")


class Database(StrEnum):
    """Whose settings H2 gets."""

    EMBEDDED = "embedded"
    """Ours: searches are fast from the first flow on, and what lies in a folder is there after any kill."""

    SERVER = "server"
    """Those that Kestra gives it by itself: how fast a search is, and what a kill loses, is as on a server with H2."""

    def url(self, file: Path | None) -> str:
        """Return the JDBC URL of the database in `file`, which has no ending; of one in memory where that is None."""
        place, settings = ("mem:public", ("DB_CLOSE_DELAY=-1",)) if file is None else (f"file:{file}", ())
        return "jdbc:h2:" + ";".join((place, *_ALWAYS, *settings, *self._settings(in_file=file is not None)))

    def _settings(self, *, in_file: bool) -> tuple[str, ...]:
        if self is Database.SERVER:
            # those of `kestra server local`, but that H2 closes a file when the engine ends, so that it is whole. Its
            # delay is H2's own; it is said as the file remembers the last that was said
            return ("LOCK_TIMEOUT=30000", "WRITE_DELAY=500") if in_file else ()
        # H2 first looks at what a table holds after so many changes, and again when they have doubled. With its own
        # 2000 a search by namespace of 1,200 flows took 20 s, as it was planned for a table of a few; with 100 it takes
        # 0.2 s. Written at each commit: with H2's own delay of half a second, a kill loses flows that were acknowledged
        return ("ANALYZE_AUTO=100", *(("WRITE_DELAY=0",) if in_file else ()))
