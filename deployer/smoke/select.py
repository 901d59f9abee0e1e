"""Which tests are run: by their names and tags, and by what has changed. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from deployer.errors import UsageError
from deployer.model.difference import Difference
from deployer.model.problem import Problem, Severity
from deployer.model.request import Request
from deployer.model.resource import Key, counted, listed
from deployer.model.result import Outcome, Status
from deployer.model.smoke import SmokeCase


def select(cases: Sequence[SmokeCase], request: Request) -> Sequence[SmokeCase]:
    """Return the cases with a part in their name, `NAMESPACE/FLOW: SUITE/CASE`, and one of the tags; all for none.

    Letters may be in any case. Raises UsageError where there are cases, but none of these: a run that tests nothing
    must not pass.
    """
    found = [case for case in cases if request.only.casefold() in case.name.casefold()]
    if cases and not found:
        first = f"the first of {len(cases)} is {cases[0].name}"
        raise UsageError(f"no test has {request.only!r} in its name", hint=first)
    tagged = [case for case in found if not request.tags or set(request.tags) & set(case.tags)]
    if found and not tagged:
        tags = ", ".join(sorted({tag for case in cases for tag in case.tags}))
        hint = f"their tags are {tags}" if tags else "no test has a tag"
        raise UsageError(f"no test has the tag {' or '.join(request.tags)}", hint=hint)
    return tagged


def affected(changed: Collection[Key], needs: Mapping[Key, Collection[Key]]) -> frozenset[Key]:
    """Return what has changed and all that calls it, directly or through others; `needs` has what each calls."""
    found = set(changed)
    while new := {key for key, called in needs.items() if key not in found and not found.isdisjoint(called)}:
        found |= new
    return frozenset(found)


def of_written(cases: Sequence[SmokeCase], outcomes: Sequence[Outcome]) -> list[SmokeCase]:
    """Return the cases of what a run has written, and of what calls that.

    Those of flows that could not be deployed are among them: they are reported as not run.
    """
    done = {outcome.change.key: outcome.change for outcome in outcomes if outcome.status is Status.DONE}
    wrote = [key for key, change in done.items() if change.writes]
    tested = affected(wrote, {key: change.needs for key, change in done.items() if change.desired})
    return [case for case in cases if case.flow in tested or case.flow not in done]


def report_none(
    cases: Sequence[SmokeCase], chosen: Sequence[SmokeCase], outcomes: Sequence[Outcome]
) -> Iterator[Problem]:
    """Yield a notice where there are cases, and none of them is run, as none is of what was written."""
    if not cases or chosen:
        return
    wrote = any(outcome.change.writes for outcome in outcomes)
    of_others = "no smoke test is of a flow that was written, or calls one that was, so none was run"
    message = of_others if wrote else "nothing was written, so no smoke test was run"
    hint = "`kestra-deployer smoke` runs all of them on what the server has"
    yield Problem("smoke", message, severity=Severity.NOTICE, hint=hint)


def of_difference(
    cases: Sequence[SmokeCase], difference: Difference, needs: Mapping[Key, Collection[Key]]
) -> list[SmokeCase]:
    """Return the cases of what has changed and of what calls it, and those whose suite has."""
    tested = affected(difference.flows, needs)
    return [case for case in cases if case.flow in tested or case.file in difference.suites]


def report_difference(difference: Difference, cases: Sequence[SmokeCase], chosen: Sequence[SmokeCase]) -> Problem:
    """Return the notice that says what was compared with what, and how many of the cases that leaves."""
    number, suites = len(chosen), len(difference.suites)
    if difference.is_empty:
        hint = "that is what is checked out: --changed=HEAD~1 compares with its parent" if difference.is_head else ""
        message = f"nothing changed since {difference.since}, so no test is run"
        return Problem("smoke", message, severity=Severity.NOTICE, hint=hint)
    parts = [counted(difference.flows)] if difference.flows else []
    parts += [f"{suites} suite{'' if suites == 1 else 's'}"] if suites else []
    which = f": {listed(difference.flows)}" if difference.flows else ""
    run = f"{number} of {len(cases)} tests {'is' if number == 1 else 'are'} run"
    message = f"{' and '.join(parts)} changed since {difference.since}, so {run}{which}"
    return Problem("smoke", message, severity=Severity.NOTICE)
