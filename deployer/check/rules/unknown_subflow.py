"""Whether the flows that a flow calls or waits for exist in the folder.

Why: Kestra stores a flow that names a missing one, and only the execution fails; a trigger simply never fires. Only
namespaces with flows in the folder are checked, and nothing is checked if single files are given.

Bad:  `flowId: notfy`
Good: `flowId: notify`
"""

from __future__ import annotations

from collections.abc import Iterator

from deployer.check.base import Check, Finding, FlowFile, Folder
from deployer.language.identity import flow_of
from deployer.language.parts import Part
from deployer.language.words import did_you_mean
from deployer.model.document import Document
from deployer.model.problem import Severity

_PARTS = (
    "io.kestra.plugin.core.flow.Subflow",
    "io.kestra.plugin.core.flow.ForEachItem",
    "io.kestra.plugin.core.trigger.Flow$UpstreamFlow",
    "io.kestra.plugin.core.trigger.Flow$Dependency",
    "io.kestra.plugin.core.condition.ExecutionFlow",
    "io.kestra.plugin.core.condition.FlowCondition",
)


def check(folder: Folder) -> Iterator[tuple[Document, Finding]]:
    """Yield a warning for every flow that is named but missing, in a namespace that exists in the folder."""
    if not folder.whole:
        return
    declared: dict[str, set[str]] = {}
    for each in filter(None, (flow_of(flow.document) for flow in folder.flows)):
        declared.setdefault(each.namespace, set()).add(each.id)
    for flow in folder.flows:
        for part in flow.parts:
            if part.cls in _PARTS:
                yield from _find_unknown(flow, part, declared)


def _find_unknown(flow: FlowFile, part: Part, declared: dict[str, set[str]]) -> Iterator[tuple[Document, Finding]]:
    namespace, name = part.value.get("namespace"), part.value.get("flowId")
    if not isinstance(namespace, str) or not isinstance(name, str) or "{{" in name:
        return
    if namespace in declared and name not in declared[namespace]:
        message = f"there is no flow `{name}` in namespace {namespace} of this folder"
        hint = did_you_mean(name, declared[namespace])
        yield flow.document, Finding((*part.route, "flowId"), message, hint)


CHECK = Check("unknown-subflow", __doc__, level=Severity.WARNING, together=check)
