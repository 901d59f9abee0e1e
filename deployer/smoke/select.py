"""Which smoke tests are run, by their names. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from deployer.errors import UsageError
from deployer.model.smoke import SmokeCase


def select(cases: Sequence[SmokeCase], part: str) -> Sequence[SmokeCase]:
    """Return the cases with a part in their name, `NAMESPACE/FLOW: SUITE/CASE`, in any case of letters; all for none.

    Raises UsageError where there are cases, but none with it: a run that tests nothing must not pass.
    """
    found = [case for case in cases if part.casefold() in case.name.casefold()]
    if cases and not found:
        raise UsageError(
            f"no smoke test has {part!r} in its name", hint=f"the first of {len(cases)} is {cases[0].name}"
        )
    return found
