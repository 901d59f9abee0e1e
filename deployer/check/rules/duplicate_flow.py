"""Whether two files declare the same flow.

Why: both would be deployed to the same flow, and which one wins would be chance.

Bad:  `a.yaml` and `b.yaml` both with `id: hello` and `namespace: company.team`
Good: one file for each flow
"""

from __future__ import annotations

from collections.abc import Iterator

from deployer.check.base import Check, Finding, Folder
from deployer.language.identity import flow_of
from deployer.model.document import Document


def check(folder: Folder) -> Iterator[tuple[Document, Finding]]:
    """Yield a finding for every file of each flow that several files declare, naming the others."""
    files: dict[tuple[str, str], list[Document]] = {}
    for flow in filter(None, (flow_of(each.document) for each in folder.flows)):
        files.setdefault((flow.namespace, flow.id), []).append(flow.document)
    for (namespace, name), same in files.items():
        for document in same if len(same) > 1 else ():
            others = ", ".join(other.file for other in same if other is not document)
            message = f"the flow {namespace}/{name} is also declared in {others}"
            yield document, Finding(("id",), message, "keep one of the files, or give one flow another id")


CHECK = Check("duplicate-flow", __doc__, together=check)
