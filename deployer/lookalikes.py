"""Names that look like ours: variables and files that a user set or wrote, but that are not read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

_OTHERS = {
    "host": ("URL", "HOSTNAME", "API_URL", "SERVER", "SERVER_URL", "BASE_URL", "ADDRESS", "ENDPOINT"),
    "tenant": ("TENANT_ID", "TENANTID"),
    "api_token": ("TOKEN", "API_KEY", "APIKEY", "APITOKEN", "ACCESS_TOKEN", "BEARER_TOKEN"),
    "username": ("USER", "LOGIN", "USER_NAME"),
    "password": ("PASS", "PASSWD", "PWD"),
}
"""After `KESTRA_`: what other tools, or people, call the variable for a setting."""


def unread(variables: Mapping[str, str], given: Mapping[str, Any], ours: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """Return the variables that are set but not read, each with the one that is probably meant, if that is not set.

    `ours` has the names that are read for each setting, `given` the settings that come from elsewhere.
    """
    found: dict[str, str] = {}
    read = {name for names in ours for name in names.values()}
    for setting, right in ours[0].items():
        rights = [names[setting] for names in ours]
        if given.get(setting) is not None or any(variables.get(name, "").strip() for name in rights):
            continue
        alike = {f"KESTRA_{name}" for name in _OTHERS[setting]}
        for name in sorted(name for name, value in variables.items() if value.strip() and name not in read):
            plain = name.upper()
            if plain in alike or any(slip(plain, each) or plain == each for each in rights):
                found[name] = right
    return found


def slip(one: str, other: str) -> bool:
    """Whether one name is the other with one letter added, missing, wrong, or swapped with its neighbour."""
    first = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    a, b = one[first:], other[first:]
    swapped = len(a) > 1 and len(b) > 1 and a[:2] == b[1::-1] and a[2:] == b[2:]
    return one != other and (a[1:] == b[1:] or a[1:] == b or a == b[1:] or swapped)
