"""How the files of a project differ from those of an earlier commit, as far as tests depend on them."""

from __future__ import annotations

from dataclasses import dataclass

from deployer.model.resource import Key


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What has changed.

    `flows` are those that are new, have another text, or are declared no more; `suites` are the files of suites that
    are new or have another text, or pass such a file to their flow.
    """

    since: str  # the earlier commit, for people
    is_head: bool = False  # it is the one that is checked out
    flows: frozenset[Key] = frozenset()
    suites: frozenset[str] = frozenset()

    @property
    def is_empty(self) -> bool:
        """Whether nothing has changed."""
        return not self.flows and not self.suites
