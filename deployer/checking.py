"""Read and check: the half of the pipeline that needs no server. Imports no client, so that a check starts quickly."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from deployer import check
from deployer.check import suite_inputs
from deployer.language.pulled import Pulled
from deployer.model.desired import Desired
from deployer.model.document import Document
from deployer.model.problem import Problem
from deployer.model.request import Request, Rules
from deployer.model.result import Report
from deployer.model.smoke import SUITE, SmokeCase
from deployer.model.upgrade import Upgrade
from deployer.read.everything import Files, read_all
from deployer.read.suite_files import with_files
from deployer.read.suites import suites, unknown_flows


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What the checks leave: the resources whose files are sound, the smoke tests, and everything that is wrong."""

    desired: Desired = field(default_factory=Desired)
    cases: Sequence[SmokeCase] = ()
    problems: Sequence[Problem] = ()


def check_only(request: Request, rules: Rules, plugins: Pulled | None = None) -> Iterator[Report]:
    """Check every file under the paths by the rules of a version, with nothing but the files."""
    report = Report(request)
    yield report
    files = read_all(request)
    found = check_files(files, request, rules.version, plugins=plugins)
    report = replace(report, problems=(*request.notes, *found.problems), files=files.count)
    yield replace(report, upgrade=upgrade(files, request, rules, plugins))


def check_files(
    files: Files, request: Request, version: str, *, plugins: Pulled | None = None, off: Sequence[str] = ()
) -> Checked:
    """Return the sound resources and smoke tests, and everything that is wrong with the files.

    `plugins` are known besides Kestra's own; `off` names checks that the server answers better.
    """
    problems = check.check(
        files.documents,
        version,
        found=files.problems,
        levels={**request.checks, **dict.fromkeys(off, "off")},
        whole=_are_all(files, request),
        pulled=plugins,
        defaults=request.plugin_defaults,
    )
    flows = check.sound_flows(files.documents, problems)
    cases, wrong = _cases(files.suites)
    fitting, unfit = suite_inputs.prepare(cases, files.suites, flows, version)
    cases, missing = with_files(fitting, files.suites, request.checkout.root)
    problems += [*wrong, *unfit, *missing]
    if files.whole:  # else the flow may be in a file that is not read
        problems += unknown_flows(cases, files.declared)
    return Checked(
        desired=desired(files, problems), cases=cases, problems=sorted(problems, key=lambda problem: problem.place)
    )


def desired(files: Files, problems: Sequence[Problem]) -> Desired:
    """Return what these files want of a server: the resources of those without an error."""
    broken = {problem.file for problem in problems if problem.stops}
    sound = (each.resource for each in files.declarations if each.resource and each.file not in broken)
    whole = files.whole and not any(problem.stops and problem.file for problem in problems)
    return Desired(resources={each.key: each for each in sound}, declared=files.declared, whole=whole)


def upgrade(
    files: Files, request: Request, rules: Rules, plugins: Pulled | None, refused: Sequence[Problem] = ()
) -> Upgrade | None:
    """Return what a move to this version takes, None where the user asked about none. `refused` is a server's word."""
    if not rules.upgrade_from:
        return None
    return check.upgrade(
        files.documents,
        rules.upgrade_from,
        rules.version,
        found=files.problems,
        refused=refused,
        whole=_are_all(files, request),
        pulled=plugins,
        defaults=request.plugin_defaults,
    )


def _are_all(files: Files, request: Request) -> bool:
    """Whether every flow of the project was read, so that one that is not here is nowhere."""
    return files.whole and not any(path.is_file() for path in request.paths)


def _cases(documents: Sequence[Document]) -> tuple[list[SmokeCase], list[Problem]]:
    """Return the cases of all suites; whatever fails on one, the others are read."""
    cases: list[SmokeCase] = []
    problems: list[Problem] = []
    for suite in documents:
        try:
            found, wrong = suites([suite])
        except Exception as error:  # noqa: BLE001
            message = f"it cannot be read: {type(error).__name__}: {error}"
            wrong = [Problem(SUITE, message, suite.file, suite.marks.at(()), hint="write it as the README shows")]
        else:
            cases += found
        problems += wrong
    return cases, problems
