"""Carries changes out, a few at a time and what is called first: each becomes one outcome."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from deployer.apply.order import waves
from deployer.errors import ENDS_ALL, KestraAccessError, KestraError
from deployer.interrupt import finish
from deployer.model.change import Action, Change
from deployer.model.resource import Key
from deployer.model.result import Outcome, Status, Written
from deployer.model.secret import values
from deployer.redaction import hiding

_FORBIDDEN = 403
_UNWRITTEN, _REFUSED = "could not be written", "was refused"

Write = Callable[[Change], Written]
"""Writes one change to the server. Raises KestraError."""


@dataclass(slots=True)
class Run:
    """What should have been written and was not, with why; why no further change is tried, empty while all is well."""

    missed: dict[Key, str] = field(default_factory=dict)
    reason: str = ""
    closed: set[str] = field(default_factory=set)  # namespaces that the server does not let us write to

    def interrupted(self) -> None:
        """Try nothing more: ^C."""
        self.reason = "interrupted"

    def why_ended(self, change: Change) -> str:
        """Return why nothing more is tried where this change is, empty where it is."""
        if self.reason or change.key.namespace not in self.closed:
            return self.reason
        return f"not tried: the server does not let us write to the namespace {change.key.namespace}"


WhyNot = Callable[[Change, Run], str]
"""Says why a change is not tried after what became of those before, empty where it is."""


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of the changes, in their order, and whether ^C interrupted them."""

    outcomes: list[Outcome]
    interrupted: bool


def apply(
    changes: Sequence[Change],
    write: Write,
    workers: int = 4,
    listen: Callable[[Outcome], None] = lambda _: None,
    refused: Collection[Key] = (),
    *,
    looked: bool = False,
) -> Applied:
    """Carry out every change that writes, `workers` at a time, and tell `listen` of each as it ends.

    A refused change fails alone, and what calls it is skipped, as is what calls the `refused`: those that are not among
    the changes, as something is wrong with them. Where the server does not let us write (403), the rest of that
    namespace is SKIPPED. A refused login or no server ends all the rest so, and so does ^C, after what is in flight has
    ended. Nothing is deleted unless everything before succeeded. `looked` is as in `waves`.
    """
    run = Run(dict.fromkeys(refused, _REFUSED))
    groups = waves(changes, looked=looked)

    def work() -> dict[Key, Outcome]:
        return write_groups(groups, write, run, why_not=_why_not, workers=workers, listen=listen)

    outcomes, interrupted = finish(work, run.interrupted)
    return Applied([outcomes[change.key] for change in changes], interrupted)


def write_groups(
    groups: Iterable[Sequence[Change]],
    write: Write,
    run: Run,
    *,
    why_not: WhyNot,
    workers: int = 4,
    listen: Callable[[Outcome], None] = lambda _: None,
) -> dict[Key, Outcome]:
    """Carry out groups of changes, one group after the other; return what became of each. `run` ends it early."""
    outcomes: dict[Key, Outcome] = {}
    with ThreadPoolExecutor(workers, thread_name_prefix="apply") as pool:
        for group in groups:
            for future in [pool.submit(_carry_out, change, write, run, why_not) for change in group]:
                outcome = future.result()
                outcomes[outcome.change.key] = outcome
                if outcome.status is not Status.DONE:
                    run.missed.setdefault(outcome.change.key, _UNWRITTEN)
                listen(outcome)
    return outcomes


def _carry_out(change: Change, write: Write, run: Run, why_not: WhyNot) -> Outcome:
    if change.held:
        return Outcome(change, Status.SKIPPED if change.action is Action.PRUNE else Status.FAILED, change.held)
    if not change.writes:
        return Outcome(change, Status.DONE, revision=change.live.revision if change.live else None)
    if why := run.why_ended(change) or why_not(change, run):
        return Outcome(change, Status.SKIPPED, why)
    began = time.monotonic()
    try:
        with hiding(_secrets(change)):
            written = write(change)
    except KestraError as error:
        if isinstance(error, KestraAccessError) and error.status == _FORBIDDEN:
            run.closed.add(change.key.namespace)
        elif isinstance(error, ENDS_ALL):
            run.reason = run.reason or f"not tried: {error}"
        seconds = time.monotonic() - began
        return Outcome(change, Status.FAILED, str(error), hint=error.hint, seconds=seconds, theirs=error.undone)
    except BaseException:
        run.reason = "stopped"  # a bug of ours: the pool would otherwise write all the rest first
        raise
    return Outcome(
        change,
        Status.DONE,
        revision=written.revision,
        seconds=time.monotonic() - began,
        lost=written.lost,
        theirs=written.theirs,
    )


def _secrets(change: Change) -> Iterator[str]:
    """Yield the secrets of a change's texts: a server may quote them where it refuses one."""
    for side in (change.desired, change.live):
        yield from values(side.body) if side and isinstance(side.body, str) else ()


def _why_not(change: Change, run: Run) -> str:
    """Return why a change of a deploy is not tried, empty where it is."""
    if change.action is Action.PRUNE:
        return "not deleted: something before it did not succeed" if run.missed else ""
    for why in (_UNWRITTEN, _REFUSED):
        if broken := sorted(key.path for key in change.needs if run.missed.get(key) == why):
            return f"not tried: it calls {' and '.join(broken)}, which {why}"
    return ""
