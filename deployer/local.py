"""The first half of the way, which needs nothing but the files: read → check. And how any way is walked: `run`.

Nothing here imports the client, so that a check starts quickly.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from deployer import check
from deployer.check import suite_inputs
from deployer.errors import DeployerError, SystemRefusedError, UnforeseenError
from deployer.language.pulled import Pulled
from deployer.model.document import Document
from deployer.model.flow import Flow
from deployer.model.problem import Problem
from deployer.model.resource import Key, Kind
from deployer.model.result import Report
from deployer.model.smoke import SUITE, SmokeCase
from deployer.model.upgrade import Upgrade
from deployer.read.files import SMOKE_SUFFIXES, read_files
from deployer.read.parse import parse
from deployer.smoke.fixtures import with_files
from deployer.smoke.suites import suites, unknown_flows


@dataclass(frozen=True, slots=True)
class Options:
    """What the user asked of a run. `root` is where `ignore` patterns start from."""

    paths: tuple[Path, ...]
    root: Path
    ignore: tuple[str, ...] = ()
    checks: Mapping[str, Any] = field(default_factory=dict)  # the configuration file's
    pulled: Pulled | None = None  # plugins that are known beside Kestra's own
    defaults: Mapping[str, Any] = field(default_factory=dict)  # plugin defaults by namespace
    dry_run: bool = False
    detailed: bool = False  # the exit code says whether there are changes
    stat: bool = False  # of differences only the numbers are to be shown
    keep_going: bool = False
    smoke: bool = False
    strict: bool = False  # warnings count as errors do
    rules: str = ""  # where the version is from by whose rules the files are checked
    upgrade_from: str | None = None  # the version that the flows run on, where they are checked for a later one
    concurrency: int = 4  # writes, and smoke tests, under way at once

    @property
    def path(self) -> str:
        """The paths as they were given, for the report."""
        return " ".join(map(str, self.paths))


def run(stages: Iterator[Report]) -> Report:
    """Return the last report that the stages yield, with what ended them: nothing, an error, or ^C.

    Whatever the error is, ours as well, what was done until then is reported.
    """
    began, report = time.monotonic(), Report("")
    try:
        for report in stages:  # noqa: B007  the last one counts
            pass
    except DeployerError as error:
        report = replace(report, error=error)
    except OSError as error:
        report = replace(report, error=SystemRefusedError(error))
    except Exception as error:  # noqa: BLE001  see above
        report = replace(report, error=UnforeseenError(error))
    except KeyboardInterrupt:
        report = replace(report, interrupted=True)
    return replace(report, seconds=time.monotonic() - began)


def check_only(options: Options, version: str, notes: Sequence[Problem] = ()) -> Iterator[Report]:
    """Check every flow and smoke suite under the paths, with nothing but the files and a version of Kestra."""
    report = Report("check", options.path, strict=options.strict, kestra=version, rules=options.rules)
    yield report
    read = read_all(options)
    _, _, problems = check_all(read, version, options)
    report = replace(report, problems=(*notes, *problems), files=len(read.flows) + len(read.suites))
    yield replace(report, upgrade=upgrade(read, version, options))


@dataclass(slots=True)
class Files:
    """The files that were read: flows and smoke suites apart, what is wrong with their YAML, and whether it is all."""

    flows: list[Document]
    suites: list[Document]
    problems: list[Problem]
    whole: bool

    @property
    def declared(self) -> frozenset[Key]:
        """The flows that these files declare, whatever else is wrong in them."""
        return frozenset(flow.key for flow in map(check.flow_of, self.flows) if flow)


def read_all(options: Options) -> Files:
    """Read every file under the paths once."""
    read = Files([], [], [], whole=True)
    seen: set[str] = set()
    for path in options.paths:
        files, problems = read_files(path, options.root, options.ignore)
        read.problems += [each for each in problems if each.file not in seen]
        seen |= {each.file for each in problems if each.file}
        for file in files:
            if file.name in seen:
                continue
            seen.add(file.name)
            document, found = parse(file.name, file.text)
            read.problems += found
            if document:
                (read.suites if file.is_smoke_suite else read.flows).append(document)
            read.whole = read.whole and document is not None
        read.whole = read.whole and not problems
    if options.smoke and any(path.is_file() for path in options.paths):
        read.suites += _suites_of(read.declared, options, seen)
    return read


def _suites_of(flows: frozenset[Key], options: Options, seen: set[str]) -> Iterator[Document]:
    """Yield the suites that test these flows and lie in the project, or beside a file that was named, but those seen.

    What is wrong with any other file is no matter of these flows.
    """
    beside = (each for path in options.paths if path.is_file() for each in sorted(path.parent.glob("*.smoke.y*ml")))
    for place in (options.root, *beside):
        for file in read_files(place, options.root, options.ignore, SMOKE_SUFFIXES)[0]:
            document, _ = parse(file.name, file.text) if file.name not in seen else (None, [])
            seen.add(file.name)
            if document and Key(Kind.FLOW, *(str(document.data.get(key)) for key in ("namespace", "flowId"))) in flows:
                yield document


def meaning(text: str) -> Any:
    """Return what a text says: its data, None where it cannot be read."""
    document, _ = parse("", text)
    return dict(document.data) if document else None


def relative(path: Path, root: Path) -> str:
    """Return a path as files below the project's root are named in the ledger; empty for the root itself."""
    name = os.path.relpath(path, root)
    return "" if name == "." else name.replace(os.sep, "/")


def upgrade(read: Files, version: str, options: Options, refused: Sequence[Problem] = ()) -> Upgrade | None:
    """Return what a move to this version takes, None where none was asked about. `refused`: what a server said."""
    if not options.upgrade_from:
        return None
    return check.upgrade(
        read.flows, options.upgrade_from, version,
        found=read.problems, refused=refused, whole=_whole(read, options), pulled=options.pulled,
        defaults=options.defaults,
    )  # fmt: skip


def _whole(read: Files, options: Options) -> bool:
    return read.whole and not any(path.is_file() for path in options.paths)


def _cases(suite: Document) -> tuple[list[SmokeCase], list[Problem]]:
    """Return the cases of one suite; whatever fails on it, the others are read."""
    try:
        return suites([suite])
    except Exception as error:  # noqa: BLE001
        message = f"it cannot be read: {type(error).__name__}: {error}"
        return [], [Problem(SUITE, message, suite.file, suite.marks.at(()), hint="write it as the README shows")]


def check_all(
    read: Files, version: str, options: Options, *, off: Sequence[str] = ()
) -> tuple[list[Flow], list[SmokeCase], list[Problem]]:
    """Return the sound flows and smoke cases, and everything that is wrong with the files.

    `off` names checks that somebody else answers better: a server knows its plugins.
    """
    levels = {**options.checks, **dict.fromkeys(off, "off")}
    whole = _whole(read, options)
    problems = check.check(
        read.flows,
        version,
        found=read.problems,
        levels=levels,
        whole=whole,
        pulled=options.pulled,
        defaults=options.defaults,
    )
    sound = check.sound_flows(read.flows, problems)
    cases: list[SmokeCase] = []
    for suite in read.suites:
        found, wrong = _cases(suite)
        cases, problems = [*cases, *found], [*problems, *wrong]
    fitting, unfit = suite_inputs.prepared(cases, read.suites, sound, version)
    cases, missing = with_files(fitting, read.suites, options.root)
    problems += [*unfit, *missing]
    if read.whole:  # else the flow may well be in a file that is not read
        problems += unknown_flows(cases, read.declared)
    return sound, cases, sorted(problems, key=lambda problem: problem.place)
