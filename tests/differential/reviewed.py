"""The differences that are known: each has its reason, and each has to be there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from differential.differences import Difference, Wrong


@dataclass(frozen=True, slots=True)
class Reviewed:
    """Differences that are let pass: `says` is a regular expression for what the one that refuses says."""

    wrong: Wrong
    says: str
    why: str

    def covers(self, difference: Difference) -> bool:
        """Whether a difference is one of these."""
        return difference.wrong == self.wrong and bool(re.search(self.says, difference.says))


REVIEWED: tuple[Reviewed, ...] = ()


def unreviewed(found: Iterable[Difference]) -> list[Difference]:
    """Return the differences that no row covers."""
    return [difference for difference in found if not any(row.covers(difference) for row in REVIEWED)]


def unneeded(found: Sequence[Difference]) -> list[str]:
    """Return the rows that cover none of these differences: they are to go."""
    return [row.says for row in REVIEWED if not any(map(row.covers, found))]
