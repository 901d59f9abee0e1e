"""Read and check: the half of the pipeline that needs no server. Imports no client, so that a check starts quickly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from deployer import check
from deployer.check import suite_fixtures, suite_inputs
from deployer.check.upgrade import verdicts
from deployer.kinds import kind_of
from deployer.language.pulled import Pulled
from deployer.model.desired import Declaration, Desired
from deployer.model.document import Document
from deployer.model.problem import Problem
from deployer.model.request import Request, Rules
from deployer.model.resource import Key
from deployer.model.result import Report
from deployer.model.smoke import SUITE, SmokeCase
from deployer.model.upgrade import Upgrade
from deployer.read.everything import Files, read_all
from deployer.read.suite_files import with_files
from deployer.read.suites import suites, unknown_flows

Plugins = Mapping[str, Pulled]
"""What is known of plugins outside Kestra's core, by the version of Kestra that they were described for."""

NO_PLUGINS: Plugins = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What the checks leave: the smoke tests that can be run, and everything that is wrong with the files."""

    cases: Sequence[SmokeCase] = ()
    problems: Sequence[Problem] = ()
    judged: Sequence[Problem] = ()  # by the checks, before comments and levels silenced anything


def check_only(request: Request, rules: Rules, plugins: Plugins) -> Iterator[Report]:
    """Check every file under the paths by the rules of a version, with nothing but the files."""
    report = Report(request)
    yield report
    files = read_all(request)
    found = check_files(files, request, rules.version, plugins=plugins)
    report = replace(report, problems=(*request.notes, *found.problems), files=files.count)
    yield replace(report, upgrade=upgrade(files, request, rules, plugins, found.judged))


def check_files(
    files: Files, request: Request, version: str, *, plugins: Plugins = NO_PLUGINS, off: Sequence[str] = ()
) -> Checked:
    """Return the sound smoke tests, and everything that is wrong with the files.

    `off` names checks that the server answers better.
    """
    judged = _judge(files, request, version, plugins)
    problems = check.settle(files.documents, judged, {**request.checks, **dict.fromkeys(off, "off")})
    flows = check.sound_flows(files.documents, problems)
    cases, wrong = _cases(files.suites)
    cases, unknown = suite_fixtures.fit(cases, files.suites, flows, version)
    fitting, unfit = suite_inputs.prepare(cases, files.suites, flows, version)
    cases, missing = with_files(fitting, files.suites, request.checkout.root)
    problems += [*wrong, *unknown, *unfit, *missing, *_declared_twice(files.declarations)]
    if files.whole:  # else the flow may be in a file that is not read
        problems += unknown_flows(cases, files.declared)
    return Checked(
        cases=cases,
        problems=sorted(problems, key=lambda problem: problem.place),
        judged=judged,
    )


def _declared_twice(declarations: Sequence[Declaration]) -> Iterator[Problem]:
    """Yield a problem for every file that declares what another does, of the kinds without checks of their own."""
    first: dict[Key, str] = {}
    for each in declarations:
        if not each.resource or each.document:
            continue
        other = first.setdefault(each.resource.key, each.file)
        if other != each.file:
            message = f"declares {each.resource.key.path}, as {other} does"
            yield Problem("duplicate-resource", message, each.file, hint="keep one of the two")


def desire(files: Files, problems: Sequence[Problem]) -> Desired:
    """Return what these files want of a server: the resources of those without an error."""
    broken = {problem.file for problem in problems if problem.stops}
    declared = (each for each in files.declarations if each.resource and each.file not in broken)
    sound = filter(None, (kind_of(each.resource.key).wanted(each) for each in declared if each.resource))
    whole = files.whole and not any(problem.stops and problem.file for problem in problems)
    return Desired(resources={each.key: each for each in sound}, declared=files.declared, whole=whole)


def upgrade(
    files: Files,
    request: Request,
    rules: Rules,
    plugins: Plugins,
    after: Sequence[Problem],
    *,
    refused: Sequence[Problem] = (),
    verified: bool = False,
) -> Upgrade | None:
    """Return what a move to this version takes, None where the user asked about none.

    `after` is what the checks found by the rules of the later version, `refused` what a server said besides; `verified`
    says that this server has the later version.
    """
    if not rules.upgrade_from:
        return None
    before = _judge(files, request, rules.upgrade_from, plugins)
    broken = {each.file for each in files.problems if each.file and each.stops}
    names = sorted({each.file for each in files.documents} | broken)
    found = verdicts(names, before, [*after, *refused], verified=verified)
    return Upgrade(rules.upgrade_from, rules.version, found)


def _judge(files: Files, request: Request, version: str, plugins: Plugins) -> list[Problem]:
    return check.judge(
        files.documents,
        version,
        found=files.problems,
        whole=_are_all(files, request),
        pulled=plugins.get(version),
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
