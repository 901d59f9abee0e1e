"""Every problem that a user can meet: what it is called, what it means, how much it counts, and whose it is.

`explain`, docs/checks.md and `checks:` of the configuration file read this table; a test finds every name in the code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from deployer.check import CHECKS
from deployer.model.problem import Severity


class Origin(StrEnum):
    """Whose problem it is. FILES: a check's, or met in reading. SERVER: the server says it. RUN: of a deploy itself."""

    FILES = "files"
    SERVER = "server"
    RUN = "run"


@dataclass(frozen=True, slots=True)
class Entry:
    """One row: `text` begins with one line that says it all; `level` is None for what is off unless it is asked for."""

    name: str
    level: Severity | None
    origin: Origin
    text: str

    @property
    def line(self) -> str:
        """What it is, in one line."""
        return self.text.splitlines()[0]


def _entry(name: str, level: Severity, origin: Origin, line: str, why: str) -> Entry:
    return Entry(name, level, origin, f"{line}\n\nWhy: {why}")


ERROR, WARNING, NOTICE = Severity.ERROR, Severity.WARNING, Severity.NOTICE
_READING = (
    _entry(
        "yaml-syntax",
        ERROR,
        Origin.FILES,
        "Whether the file is YAML that Kestra reads.",
        "Kestra refuses a flow that it cannot read. The place is where reading stopped, often behind the mistake.",
    ),
    _entry(
        "duplicate-key",
        ERROR,
        Origin.FILES,
        "Whether a key is given twice in one mapping.",
        "Kestra's `validate` takes it, and creating the flow fails (422).",
    ),
    _entry(
        "second-document",
        WARNING,
        Origin.FILES,
        "Whether the file holds a second YAML document.",
        "Kestra reads the first only: what stands behind `---` is stored and never runs.",
    ),
    _entry(
        "empty-file",
        WARNING,
        Origin.FILES,
        "Whether the file holds anything but blanks and comments.",
        "nothing is deployed of it.",
    ),
    _entry(
        "unreadable-file",
        ERROR,
        Origin.FILES,
        "Whether the file can be read at all: it is there, a file, and UTF-8.",
        "what cannot be read cannot be checked, and might declare a flow that would otherwise count as removed.",
    ),
    _entry(
        "unread-flow",
        ERROR,
        Origin.FILES,
        "Whether the flow could be read as Kestra reads it.",
        "a flow that is nested too deeply, or a fault of kestra-deployer. The other files are judged as ever.",
    ),
    _entry(
        "unused-ignore",
        WARNING,
        Origin.FILES,
        "Whether a comment `# kestra-deployer: ignore[…]` silences anything.",
        "a comment that silences nothing hides the next problem of that name.",
    ),
    _entry(
        "plugin-types",
        NOTICE,
        Origin.FILES,
        "Whether the description of plugins fits the version that is checked.",
        "`kestra-plugins.json` has a part for each version of Kestra; without one, plugins are only partly checked.",
    ),
    _entry(
        "smoke-suite",
        ERROR,
        Origin.FILES,
        "Whether a smoke test can be read, and its inputs fit the flow.",
        "a test that cannot run proves nothing; it is found before anything is deployed.",
    ),
)
_SERVER = (
    _entry(
        "kestra-validate",
        ERROR,
        Origin.SERVER,
        "What the server's own `validate` says of a flow.",
        "it is the verdict that counts: the server would refuse the flow, often as it lacks a plugin.",
    ),
    _entry(
        "server-version",
        WARNING,
        Origin.SERVER,
        "Whether the server's version is known, and one that is supported.",
        "the checks go by the rules of a version; of an unknown one, by those of the nearest.",
    ),
    _entry(
        "unreadable-on-server",
        WARNING,
        Origin.SERVER,
        "Whether the server can read the flows that it has stored.",
        "a flow that an upgrade has broken does not run, and an export may fail because of it.",
    ),
    _entry(
        "degraded-read",
        WARNING,
        Origin.SERVER,
        "Whether the server gave all that it has in the usual few requests.",
        "what an export lacks is read flow by flow, which takes longer and is never taken for gone.",
    ),
)
_RUN = (
    _entry(
        "ledger",
        WARNING,
        Origin.RUN,
        "Whether what this project deployed is known.",
        "without it an edit cannot be told from a deploy. See docs/ownership.md.",
    ),
    _entry(
        "project-name",
        NOTICE,
        Origin.RUN,
        "Whether anything names the project.",
        "one that is only called after its folder is protected, and nothing of it is deleted.",
    ),
    _entry(
        "drift",
        WARNING,
        Origin.RUN,
        "Whether somebody edited a flow on the server since it was deployed.",
        "a deploy would write over that edit, so it is refused. See docs/drift.md.",
    ),
    _entry(
        "adopt",
        NOTICE,
        Origin.RUN,
        "Whether another project, folder or fork deployed a flow.",
        "it is left to who deployed it, unless you give --adopt. See docs/ownership.md.",
    ),
    _entry(
        "not-declared",
        NOTICE,
        Origin.RUN,
        "Whether a flow that was deployed from here is declared by no file any more.",
        "it goes on running on the server until --prune deletes it.",
    ),
    _entry(
        "refused-callee",
        WARNING,
        Origin.RUN,
        "Whether a flow calls one that would not be written.",
        "it is skipped as well: it would call what is not there, or what is older.",
    ),
    _entry(
        "left-running",
        WARNING,
        Origin.RUN,
        "Whether a smoke test of an earlier run still ran.",
        "it is killed; what cannot be killed is named with its address.",
    ),
    _entry(
        "deploy",
        ERROR,
        Origin.RUN,
        "Whether a flow could be written.",
        "the server refused the write, or did not answer; the report has its words.",
    ),
    _entry(
        "smoke",
        ERROR,
        Origin.RUN,
        "Whether a smoke test ended as it should.",
        "the flow is deployed and does not do what its test expects.",
    ),
    _entry(
        "run",
        ERROR,
        Origin.RUN,
        "What ended the run itself.",
        "the command line, the way to the server or a refusal; the hint says what to do.",
    ),
)

CATALOGUE: Mapping[str, Entry] = {
    entry.name: entry
    for entry in (
        *(Entry(check.name, check.level, Origin.FILES, (check.doc or "").strip()) for check in CHECKS),
        *_READING,
        *_SERVER,
        *_RUN,
    )
}
"""By name, the checks first."""
