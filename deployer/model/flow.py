"""A flow as its file declares it: a document whose id and namespace are known."""

from __future__ import annotations

from dataclasses import dataclass

from deployer.model.document import Document
from deployer.model.resource import FLOW, Key


@dataclass(frozen=True, slots=True)
class Flow:
    """A document that says which flow it is."""

    document: Document
    namespace: str
    id: str

    @property
    def key(self) -> Key:
        """What it is called on a server."""
        return Key(FLOW, self.namespace, self.id)
