"""Whether the durations of a retry fit together.

Why: a task that is retried every ten minutes for at most five minutes is never retried; Kestra refuses it.

Bad:  `interval: PT10M` with `maxDuration: PT5M`
Good: `interval: PT1M` with `maxDuration: PT5M`
"""

from __future__ import annotations

from collections.abc import Iterator

from deployer.check.base import Check, Finding
from deployer.language.constraints import Asked
from deployer.language.leaves import as_seconds
from deployer.language.parts import Part
from deployer.language.types import Types

_PAIRS = {
    "Constant": (("interval", "maxDuration"),),
    "Exponential": (("interval", "maxDuration"), ("interval", "maxInterval")),
    "Random": (("minInterval", "maxDuration"), ("maxInterval", "maxDuration"), ("minInterval", "maxInterval")),
}


def faults(asked: Asked, types: Types) -> Iterator[Finding]:  # noqa: ARG001
    """Yield a finding for every duration that is not less than the one that must exceed it."""
    for less, more in _PAIRS[asked.part.cls.rpartition(".")[2]]:
        # before 1.3, `minInterval` is compared with `maxDuration` only if there is a `maxInterval`
        if (less, more) != ("minInterval", "maxDuration") or _time(asked.part, "maxInterval") is not None:
            yield from _compare(asked.part, less, more)


def check_assertion(asked: Asked, types: Types) -> Iterator[Finding]:  # noqa: ARG001
    """Yield a finding for a false assertion (since 1.3): `intervalLessThanMaxDuration` names both durations."""
    less, _, more = str(asked.route[-1]).partition("LessThan")
    if more:
        yield from _compare(asked.part, less, more[0].lower() + more[1:])


def _compare(part: Part, less: str, more: str) -> Iterator[Finding]:
    low, high = _time(part, less), _time(part, more)
    if low is not None and high is not None and high <= low:
        yield Finding((*part.route, less), f"`{less}` must be less than `{more}`")


def _time(part: Part, name: str) -> float | None:
    return as_seconds(part.value.get(name))


CHECK = Check(
    "retry",
    __doc__,
    on={
        "ConstantRetryValidation": faults,
        "ExponentialRetryValidation": faults,
        "RandomRetryValidation": faults,
        "AssertTrue": check_assertion,
    },
)
