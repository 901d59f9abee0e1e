"""What a server has stored, as if it were files: each flow under the name `NAMESPACE/ID`."""

from __future__ import annotations

from deployer.kestra.client import KestraClient
from deployer.kestra.flows import exported_as
from deployer.kinds.flow import FLOWS
from deployer.model.problem import Problem, Severity
from deployer.read.everything import Files

_FEW = 5  # flows that a sentence names


def read_stored(client: KestraClient) -> Files:
    """Read every flow of the tenant, by one export and one search. Raises KestraError.

    A flow that the server cannot read any more is a warning, and so are flows that the export lacks: they are not
    checked.
    """
    read = Files()
    texts = client.export_flows_by_query()
    found = {f"{flow.namespace}/{flow.id}": flow for flow in client.search_flows()}
    names = {exported_as(flow.namespace, flow.id): name for name, flow in found.items()}
    for exported, text in sorted(texts.items()):
        declaration, problems = FLOWS.read(names.get(exported, exported), text.encode())
        read.declarations += [declaration] if declaration else []
        read.problems += problems
    for name, flow in sorted(found.items()):
        if flow.exception:
            message = f"the server cannot read its flow {name}: {flow.exception}"
            read.problems.append(Problem("unreadable-on-server", message, name, severity=Severity.WARNING))
    known = {exported_as(flow.namespace, flow.id) for flow in found.values() if not (flow.exception or flow.draft)}
    if lacking := sorted(names[each] for each in known - texts.keys()):
        more = f" and {len(lacking) - _FEW} more" if len(lacking) > _FEW else ""
        message = f"the server's export lacks flows, which are not checked: {', '.join(lacking[:_FEW])}{more}"
        read.problems.append(Problem("degraded-read", message, severity=Severity.WARNING))
        read.whole = False
    return read
