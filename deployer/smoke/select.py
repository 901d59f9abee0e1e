"""Which tests are run, by their names and tags. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from deployer.errors import UsageError
from deployer.model.request import Request
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
