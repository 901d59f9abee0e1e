"""Whether the flows that a flow starts or waits for are among those of the folder.

Why: Kestra stores a flow that names another which is not there, and only the execution fails; a trigger just never
fires. Namespaces that the folder has no flow of are somebody else's and not judged; nothing is when single files are
checked.

Bad:  `flowId: notfy`
Good: `flowId: notify`
"""

from __future__ import annotations

from collections.abc import Iterator

from deployer.check.base import Check, Finding, FlowFile, Folder
from deployer.language.identity import flow_of
from deployer.language.parts import Part
from deployer.language.words import meant
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
    """Yield a warning for every flow that is named and not there, in a namespace that is."""
    if not folder.whole:
        return
    declared: dict[str, set[str]] = {}
    for each in filter(None, (flow_of(flow.document) for flow in folder.flows)):
        declared.setdefault(each.namespace, set()).add(each.id)
    for flow in folder.flows:
        for part in flow.parts:
            if part.cls in _PARTS:
                yield from _unknown(flow, part, declared)


def _unknown(flow: FlowFile, part: Part, declared: dict[str, set[str]]) -> Iterator[tuple[Document, Finding]]:
    namespace, name = part.value.get("namespace"), part.value.get("flowId")
    if not isinstance(namespace, str) or not isinstance(name, str) or "{{" in name:
        return
    if namespace in declared and name not in declared[namespace]:
        message = f"there is no flow `{name}` in namespace {namespace} of this folder"
        hint = meant(name, declared[namespace])
        yield flow.document, Finding((*part.route, "flowId"), message, hint, Severity.WARNING)


CHECK = Check("unknown-subflow", __doc__, level=Severity.WARNING, together=check)
