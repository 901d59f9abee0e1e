"""What the SDK's tests call and the development server does not serve: the one table of what excuses a failed test.

A row excuses the tests that were seen to call its endpoint. Paths are within the tenant.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unserved:
    """An endpoint of Kestra's that we do not have, and why not."""

    method: str
    path: str
    why: str


UNSERVED: tuple[Unserved, ...] = ()
