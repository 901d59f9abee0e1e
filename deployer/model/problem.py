"""A finding about a file: what is wrong, where, and what to do. Produced by `read` and `check`, shown by `report`."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from enum import StrEnum

Route = tuple[str | int, ...]
"""Where in a document: ("tasks", 0, "id")."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of a file: lines and columns count from 1, columns in code points; the end is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


class Severity(StrEnum):
    """ERROR stops a deploy, WARNING is shown, NOTICE is for information."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


class Effort(StrEnum):
    """What it takes to move a flow to a later version of Kestra. RENAME: another word, nothing to think about."""

    RENAME = "rename"
    REWRITE = "rewrite"


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding. `file` is None for what belongs to no file, `span` None where no place in it is known."""

    check: str
    message: str
    file: str | None = None
    span: Span | None = None
    _: KW_ONLY
    severity: Severity = Severity.ERROR
    hint: str = ""
    excerpt: str = ""  # the line of the file that `span` begins in
    subject: str = ""  # what it is about, where others may be about the same
    effort: Effort | None = None  # where a version of Kestra took away what is written there

    @property
    def stops(self) -> bool:
        """Whether this stops the file from being deployed."""
        return self.severity is Severity.ERROR

    @property
    def place(self) -> tuple[str, Span]:
        """The sort key of the problem: by file, then by line."""
        return self.file or "", self.span or Span(0, 0, 0, 0)
