"""What a server should have, whatever it comes from: files, the revisions of a server, a saved plan.

A source gives it, steps turn one into another, and `plan` compares it with what is live.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace

from deployer.model.document import Document
from deployer.model.resource import Key, Resource


@dataclass(frozen=True, slots=True)
class Declaration:
    """What one file declares. `resource` is None where the file does not say which; `document` is what checks look at.

    Only kinds that have checks give a document.
    """

    file: str
    resource: Resource | None = None
    document: Document | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Desired:
    """The resources that a server should have.

    `declared` names everything that the source declares: what is in it and not among `resources` is not sound, and
    nothing of it may be written or deleted. `whole` says that the source was read completely: where it was not, what it
    does not declare may be declared all the same.
    """

    resources: Mapping[Key, Resource] = field(default_factory=dict)
    declared: frozenset[Key] = frozenset()
    whole: bool = True

    @property
    def refused(self) -> frozenset[Key]:
        """What is declared and not sound."""
        return self.declared - self.resources.keys()

    def without(self, keys: Collection[Key]) -> Desired:
        """Return it without resources that turned out not to be sound."""
        left = {key: resource for key, resource in self.resources.items() if key not in keys}
        return replace(self, resources=left) if len(left) < len(self.resources) else self

    def mapped(self, step: Callable[[Resource], Resource]) -> Desired:
        """Return it with each resource as a step makes it (see `Resource.rewrite`)."""
        made = [step(resource) for resource in self.resources.values()]
        renamed = {old: new.key for old, new in zip(self.resources, made, strict=True)}
        return replace(
            self,
            resources={resource.key: resource for resource in made},
            declared=frozenset(renamed.get(key, key) for key in self.declared),
        )


Step = Callable[[Desired], Desired]
"""Turns what is desired into what is desired elsewhere or otherwise."""
