"""What a move to a later version of Kestra takes, flow by flow."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """From the least work to the most.

    UNVERIFIED: nothing is wrong with what is known, and some type is not. REFUSED: the version you are upgrading from
    refuses the flow too.
    """

    AS_IS = "as-is"
    UNVERIFIED = "unverified"
    DEPRECATED = "deprecated"
    RENAME = "rename"
    REWRITE = "rewrite"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Upgrade:
    """The verdict on every file of flows, by the file's name."""

    from_version: str
    to_version: str
    verdicts: dict[str, Verdict]

    def files(self, verdict: Verdict) -> list[str]:
        """Return the files that a verdict was given on."""
        return [file for file, given in self.verdicts.items() if given is verdict]
