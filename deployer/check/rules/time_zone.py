"""Whether a time zone exists.

Why: Kestra refuses a schedule with a time zone that Java does not know.

Bad:  `timezone: Paris`
Good: `timezone: Europe/Paris`
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from deployer.check.base import Check, Finding
from deployer.language.constraints import Asked
from deployer.language.leaves import as_text
from deployer.language.types import Types
from deployer.language.words import did_you_mean

_OFFSET = r"[+-](?:\d|(?:0\d|1[0-7])(?::?[0-5]\d(?::?[0-5]\d)?)?|18(?::?00(?::?00)?)?)"
_FIXED = re.compile(rf"Z|(?:UTC|GMT|UT)?(?:{_OFFSET})|UTC|GMT|UT|GMT0")


def faults(asked: Asked, types: Types) -> Iterator[Finding]:
    """Yield a finding for an unknown time zone."""
    if asked.value is None:
        return
    name = as_text(asked.value)
    if name not in types.zones and not _is_fixed(name):
        hint = did_you_mean(name, types.zones) or "write it as `Europe/Paris` or `UTC`"
        yield Finding(asked.route, f"there is no time zone `{name}`", hint)


def _is_fixed(name: str) -> bool:
    """Whether this is an offset such as `+02:00`; minutes and seconds both have a colon before them, or neither."""
    return bool(_FIXED.fullmatch(name)) and not re.search(r":\d\d\d\d|\d\d\d\d:", name)


CHECK = Check("time-zone", __doc__, on={"TimezoneId": faults})
