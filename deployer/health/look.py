"""Looks at what was deployed, again and again while something is not healthy, until the time is over."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from deployer.errors import KestraError
from deployer.health.subjects import of_outcomes
from deployer.kestra.client import KestraClient
from deployer.kinds import by_kind
from deployer.model.health import Condition, Health, Subject, Symptom, verdict
from deployer.model.live import Live
from deployer.model.problem import Problem, Severity
from deployer.model.resource import Key
from deployer.model.result import Outcome

_FIRST, _MORE, _LONGEST = 0.4, 1.5, 5.0  # seconds between looks: the first ones, and how they grow


@dataclass(frozen=True, slots=True)
class Looked:
    """The verdict on each resource, ordered by key, and what there is to say of the look itself."""

    found: tuple[Health, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def unsound(self) -> frozenset[Key]:
        """What another look may find better: an unknown one will stay so."""
        return frozenset(each.key for each in self.found if each.condition is Condition.DEGRADED)

    @property
    def unseen(self) -> frozenset[Key]:
        """What the server has not noticed."""
        return frozenset(each.key for each in self.found if each.unseen)

    def after(self, earlier: Looked) -> Looked:
        """Return this look at some of them, with an earlier one at all."""
        found = {health.key: health for health in (*earlier.found, *self.found)}
        warned = (each for each in self.problems if each.severity is Severity.WARNING and each not in earlier.problems)
        return Looked(tuple(found[key] for key in sorted(found)), (*earlier.problems, *warned))


def judge(client: KestraClient, subjects: Sequence[Subject]) -> Looked:
    """Return the verdict on what is live."""
    found: list[Health] = []
    problems: list[Problem] = []
    by_key = {subject.key: subject for subject in subjects}
    for kind, keys in by_kind(by_key):
        examined = kind.health(client, [by_key[key] for key in keys])
        problems += examined.problems
        found += [verdict(by_key[key], examined.symptoms.get(key, ())) for key in keys]
    return Looked(tuple(sorted(found, key=lambda health: health.key)), tuple(problems))


def judge_written(client: KestraClient, written: Sequence[Outcome]) -> Looked:
    """Return the verdict on what a run has written. What cannot be read is unknown."""
    live = Live()
    bodies = {each.change.key: each.change.desired.body for each in written if each.change.desired}
    try:
        for kind, keys in by_kind(bodies):
            live = live.join(kind.read_live(client, {key: bodies[key] for key in keys}, keys))
    except KestraError as error:
        message = f"whether what was written is healthy is not known, as it could not be read again: {error}"
        warning = Problem("health", message, severity=Severity.WARNING, hint=error.hint)
        symptoms = (Symptom(Condition.UNKNOWN, "it could not be read again: look with `kestra-deployer health`"),)
        return Looked(tuple(verdict(Subject(key, None), symptoms) for key in sorted(bodies)), (warning,))
    return judge(client, of_outcomes(written, live))


def watch(
    look: Callable[[Collection[Key] | None], Looked],
    wait: float,
    *,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> Looked:
    """Look until all is healthy, or none has become healthy for so many seconds; return the last verdict on each.

    `look` judges those of the given keys, or all. A look takes place at the end of the time as well. A server that is
    still getting there is waited for: Kestra 1.3.31 took 75 s to give 700 new schedules a state, ten a second.
    """
    ends, pause = clock() + wait, _FIRST
    looked = look(None)
    while (before := looked.unsound) and (left := ends - clock()) > 0:
        sleep(min(pause, left))
        pause = min(pause * _MORE, _LONGEST)
        looked = look(before).after(looked)
        if looked.unsound < before:
            ends = clock() + wait
    return looked
