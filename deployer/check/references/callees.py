"""Which of the checked flows a task calls."""

from __future__ import annotations

from collections.abc import Mapping

from deployer.check.base import FlowFile, Folder
from deployer.language.identity import flow_of
from deployer.language.parts import Part
from deployer.model.resource import FLOW, Key

SUBFLOW = "io.kestra.plugin.core.flow.Subflow"
CALLERS = (SUBFLOW, "io.kestra.plugin.core.flow.ForEachItem")


def callees(folder: Folder) -> Mapping[str, FlowFile]:
    """Return the flows that can be called, by namespace and id; none that are declared twice or cannot be read."""
    found: dict[str, FlowFile | None] = {}
    for each in folder.flows:
        if flow := flow_of(each.document):
            found[flow.key.path] = None if flow.key.path in found else each
    return {path: each for path, each in found.items() if each is not None and not each.read.misreads}


def called(call: Part) -> str:
    """Return which flow is called, empty where only a run or a revision of the server knows what it is like."""
    namespace, name = call.value.get("namespace"), call.value.get("flowId")
    known = isinstance(namespace, str) and isinstance(name, str) and call.value.get("revision") is None
    return Key(FLOW, str(namespace), str(name)).path if known else ""
