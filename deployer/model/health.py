"""Whether what was deployed will really run: what is looked at, and what is found. Judged by the kinds of resource."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from enum import StrEnum

from deployer.model.problem import Problem
from deployer.model.resource import Body, Key


class Condition(StrEnum):
    """HEALTHY: nothing speaks against it. DEGRADED: something will not run as it should. UNKNOWN: it was not shown."""

    HEALTHY = "healthy"
    DEGRADED = "degraded"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Symptom:
    """One thing that was found. `reason` is a sentence that says what, where and what to do.

    A symptom that is HEALTHY is worth saying, and no harm.
    """

    condition: Condition
    reason: str
    unseen: bool = False  # the server has not noticed what was written: it has to be written again


@dataclass(frozen=True, slots=True)
class Health:
    """The verdict on one resource. `origin` is its file, where it comes from one.

    `unseen` says that the server has not noticed what was written, and that nothing else is wrong.
    """

    key: Key
    condition: Condition
    reasons: tuple[str, ...] = ()
    _: KW_ONLY
    origin: str | None = None
    unseen: bool = False

    @property
    def is_notable(self) -> bool:
        """Whether there is more to say of it than that it is healthy."""
        return self.condition is not Condition.HEALTHY or bool(self.reasons)


@dataclass(frozen=True, slots=True)
class Subject:
    """A resource to judge. `body` is what would run now, None where nothing would.

    `wrong` says why that is not what was deployed, empty where it is. `stopped` is what an operator disabled in the
    text, `kept` what the ledger records as disabled: a stop is named as in a change. `off` is what this run left
    switched off beside the text.
    """

    key: Key
    body: Body | None = field(repr=False)
    _: KW_ONLY
    origin: str | None = None
    wrong: str = ""
    stopped: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    off: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Examined:
    """What a kind found: the symptoms of each resource that has some, and what there is to say of the look itself."""

    symptoms: Mapping[Key, tuple[Symptom, ...]] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


def verdict(subject: Subject, symptoms: tuple[Symptom, ...]) -> Health:
    """Return the verdict on a resource: as bad as the worst that was found."""
    if subject.wrong:
        symptoms = (Symptom(Condition.DEGRADED, subject.wrong), *symptoms)
    found = {symptom.condition for symptom in symptoms}
    worst = next((each for each in (Condition.DEGRADED, Condition.UNKNOWN) if each in found), Condition.HEALTHY)
    degraded = [each for each in symptoms if each.condition is Condition.DEGRADED]
    unseen = bool(degraded) and all(each.unseen for each in degraded)
    return Health(subject.key, worst, tuple(each.reason for each in symptoms), origin=subject.origin, unseen=unseen)
