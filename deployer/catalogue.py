"""Every problem that a report can contain: its name, meaning, default level and origin.

`explain`, docs/checks.md and `checks:` of the configuration file read this table; a test holds it to the names in the
code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from deployer.check import CHECKS
from deployer.model.problem import Severity


class Origin(StrEnum):
    """Where a problem comes from. FILES: checks, and reading files. SERVER: the server. RUN: the deploy itself."""

    FILES = "files"
    SERVER = "server"
    RUN = "run"


@dataclass(frozen=True, slots=True)
class Entry:
    """One row: the first line of `text` is a summary; `level` is None for a check that is off by default."""

    name: str
    level: Severity | None
    origin: Origin
    text: str

    @property
    def line(self) -> str:
        """The summary."""
        return self.text.splitlines()[0]


def _entry(name: str, level: Severity, origin: Origin, line: str, why: str) -> Entry:
    return Entry(name, level, origin, f"{line}\n\nWhy: {why}")


ERROR, WARNING, NOTICE = Severity.ERROR, Severity.WARNING, Severity.NOTICE
_READING = (
    _entry(
        "yaml-syntax",
        ERROR,
        Origin.FILES,
        "Whether the file is YAML that Kestra can read.",
        "Kestra refuses a flow that it cannot read. The place is where reading stopped, often after the mistake.",
    ),
    _entry(
        "duplicate-key",
        ERROR,
        Origin.FILES,
        "Whether a mapping has the same key twice.",
        "Kestra's `validate` accepts it, but creating the flow fails (422).",
    ),
    _entry(
        "second-document",
        WARNING,
        Origin.FILES,
        "Whether the file has a second YAML document.",
        "Kestra reads only the first: everything after `---` is stored, but never runs.",
    ),
    _entry(
        "empty-file",
        WARNING,
        Origin.FILES,
        "Whether the file has any content besides whitespace and comments.",
        "there is nothing to deploy in it.",
    ),
    _entry(
        "unreadable-file",
        ERROR,
        Origin.FILES,
        "Whether the file can be read at all: it exists, is a regular file, and is UTF-8.",
        "an unreadable file cannot be checked, and may declare a flow that would otherwise count as removed.",
    ),
    _entry(
        "duplicate-resource",
        ERROR,
        Origin.FILES,
        "Whether a resource is declared by one file only; for flows, `duplicate-flow` says so.",
        "only one of the two could be deployed, and nothing says which.",
    ),
    _entry(
        "unread-flow",
        ERROR,
        Origin.FILES,
        "Whether the flow could be read as Kestra reads it.",
        "the flow is nested too deeply, or kestra-deployer has a bug. Other files are checked as usual.",
    ),
    _entry(
        "unused-ignore",
        WARNING,
        Origin.FILES,
        "Whether a comment `# kestra-deployer: ignore[…]` silences anything.",
        "a comment that silences nothing now would hide the next problem of that name.",
    ),
    _entry(
        "plugin-types",
        NOTICE,
        Origin.FILES,
        "Whether there is a plugin description for the version that is checked.",
        "`kestra-plugins.json` has a section for each version of Kestra; without one, plugins are only partly checked.",
    ),
    _entry(
        "smoke-suite",
        ERROR,
        Origin.FILES,
        "Whether a smoke test is valid, and its inputs fit the flow.",
        "a test that cannot run proves nothing; it is reported before anything is deployed.",
    ),
)
_SERVER = (
    _entry(
        "absent-plugin",
        ERROR,
        Origin.RUN,
        "Whether a test needs a plugin that the engine does not have.",
        "the task stands in for one that cannot run, so it fails. Mock it in the test, or add its plugin.",
    ),
    _entry(
        "kestra-validate",
        ERROR,
        Origin.SERVER,
        "Whether the server's own `validate` accepts the flow.",
        "this verdict is final: the server would refuse the flow, often because it lacks a plugin.",
    ),
    _entry(
        "unfit-plugin",
        WARNING,
        Origin.SERVER,
        "Whether every plugin of the embedded engine fits its version of Kestra.",
        "an engine without the plugin refuses flows that use it, and does not judge plugin defaults for it.",
    ),
    _entry(
        "server-version",
        WARNING,
        Origin.SERVER,
        "Whether the server's version is known and supported.",
        "checks apply the rules of a version; for an unknown one, those of the nearest known version.",
    ),
    _entry(
        "unreadable-on-server",
        WARNING,
        Origin.SERVER,
        "Whether the server can read the flows that it stores.",
        "a flow that was broken by an upgrade does not run, and may make an export fail.",
    ),
    _entry(
        "degraded-read",
        WARNING,
        Origin.SERVER,
        "Whether the usual few requests returned everything on the server.",
        "flows that an export lacks are read one by one, which takes longer; they never count as deleted.",
    ),
)
_RUN = (
    _entry(
        "ledger",
        WARNING,
        Origin.RUN,
        "Whether the ledger of this project is available.",
        "without it, edits on the server cannot be told from deploys. See docs/ownership.md.",
    ),
    _entry(
        "project-name",
        NOTICE,
        Origin.RUN,
        "Whether the project has a name.",
        "a project named only after its folder is protected from edits, but nothing of it is deleted.",
    ),
    _entry(
        "drift",
        WARNING,
        Origin.RUN,
        "Whether a flow was edited on the server since it was deployed.",
        "a deploy would overwrite that edit, so it is refused. See docs/drift.md.",
    ),
    _entry(
        "adopt",
        NOTICE,
        Origin.RUN,
        "Whether another project, folder or fork deployed a flow.",
        "it is left to its owner, unless you use --adopt. See docs/ownership.md.",
    ),
    _entry(
        "trigger-state",
        NOTICE,
        Origin.RUN,
        "Whether a trigger that is written runs a backfill, waits for its execution, or left a state behind.",
        "a backfill may end with the write, or run more than it was to. See docs/triggers.md.",
    ),
    _entry(
        "not-declared",
        NOTICE,
        Origin.RUN,
        "Whether a flow that was deployed from here is no longer in any file.",
        "it keeps running on the server until --prune deletes it.",
    ),
    _entry(
        "refused-callee",
        WARNING,
        Origin.RUN,
        "Whether a flow calls another flow that will not be written.",
        "it is skipped as well: it would call a flow that is missing or outdated.",
    ),
    _entry(
        "left-running",
        WARNING,
        Origin.RUN,
        "Whether a smoke test of an earlier run was still running.",
        "its execution is killed; one that cannot be killed is reported with its address: an error of `smoke --stop`.",
    ),
    _entry(
        "deploy",
        ERROR,
        Origin.RUN,
        "Whether a flow could be written.",
        "the server refused the write, or did not answer; the report has its message.",
    ),
    _entry(
        "health",
        ERROR,
        Origin.RUN,
        "Whether what was deployed will run.",
        "Kestra answers a deploy with success too where a trigger is off, is locked, or leaves a run out. As a warning "
        "or a notice, it says what could not be looked at.",
    ),
    _entry(
        "smoke",
        ERROR,
        Origin.RUN,
        "Whether a smoke test ended in the expected state.",
        "the flow is deployed, but does not do what its test expects. As a notice, it names a flow that is tested with "
        "another text than its file has, or says which tests were left out, and why.",
    ),
    _entry(
        "rollback",
        ERROR,
        Origin.RUN,
        "Whether what a run wrote could be put back after a smoke test failed.",
        "what another user has written since is left as it is, and a write may fail: look at it on the server. See "
        "docs/plan-and-apply.md.",
    ),
    _entry(
        "run",
        ERROR,
        Origin.RUN,
        "Why the run itself ended.",
        "an error in the command line, no connection to the server, or a refusal; the hint says what to do.",
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
