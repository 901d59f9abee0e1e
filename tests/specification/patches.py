"""The reviewed table: where Kestra's OpenAPI documents are not what Kestra itself answers, and why.

Every row is needed by each version that it names: the test fails when all answers fit the document without it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from deployer.model.version import VERSIONS, Dialect

ALL = tuple(version.name for version in VERSIONS)
V1 = tuple(version.name for version in VERSIONS if version.dialect is Dialect.V1)
V2 = tuple(version.name for version in VERSIONS if version.dialect is Dialect.V2)


@dataclass(frozen=True, slots=True)
class Patch:
    """What is changed in a document: `put` (JSON) is merged into the object at each place, or added to the list there.

    A place is keys joined by spaces; a key that is put as null is taken away.
    """

    places: tuple[str, ...]
    put: str
    why: str
    versions: tuple[str, ...] = ALL  # which need it

    def apply(self, document: dict[str, Any]) -> None:
        """Change the document; KeyError where there is no such place."""
        put = json.loads(self.put)
        for place in self.places:
            node: Any = document
            for key in place.split(" "):
                node = node[int(key) if isinstance(node, list) else key]
            if isinstance(node, list):
                node.extend(put)
            else:
                node.update({key: value for key, value in put.items() if value is not None})
                for gone in [key for key, value in put.items() if value is None]:
                    node.pop(gone, None)


def _single(path: str, schema: str, versions: tuple[str, ...] = ALL) -> Patch:
    """Return the row of an operation that answers one thing and is said to answer a list of them."""
    place = f"paths /api/v1/{{tenant}}/{path} post responses 200 content application/json schema"
    put = f'{{"type": null, "items": null, "$ref": "#/components/schemas/{schema}"}}'
    return Patch((place,), put, "a Publisher of one thing is documented as a list of them", versions)


def _in_flows(name: str) -> tuple[str, ...]:
    """Return where a property of a flow is documented: in each class of flows that there is."""
    classes = ("AbstractFlow", "FlowForExecution allOf 1", "Flow allOf 1", "FlowWithSource allOf 2")
    return tuple(f"components schemas {each} properties {name}" for each in classes)


_EXECUTION = "ExecutionController.ExecutionResponse"
_WEBHOOK = "/api/v1/{tenant}/executions/webhook/{namespace}/{id}/{key}/{path}"
_INPUTS = "ExecutionController.ApiValidateExecutionInputsResponse"

PATCHES: tuple[Patch, ...] = (
    _single("executions/{namespace}/{id}", _EXECUTION, V1),
    _single("executions/trigger/{namespace}/{id}", _EXECUTION, V1),
    _single("executions/{namespace}/{id}/validate", _INPUTS),
    _single("executions/{executionId}/resume/validate", _INPUTS, V1),
    _single("executions/{executionId}/actions/resume/validate", _INPUTS, V2),
    Patch(
        _in_flows("labels"),
        '{"anyOf": null, "type": "array", "items": {"$ref": "#/components/schemas/Label"}}',
        "what may be written as a list or as a map is answered as a list",
    ),
    Patch(
        _in_flows("variables"),
        '{"additionalProperties": true}',
        "variables have any names; the document allows none at all",
    ),
    Patch(
        ("paths /api/v1/{tenant}/flows/{namespace}/{id}/revisions delete responses",),
        '{"204": {"description": "deleted"}}',
        "that a revision is deleted is answered by 204",
        V2,
    ),
    Patch(
        tuple(f"paths {_WEBHOOK} {method} responses" for method in ("get", "post", "put")),
        '{"404": {"description": "no such path"}}',
        "the webhook of the core plugins has no paths below its key, and those plugins that do are not there",
        V2,
    ),
    Patch(
        ("components schemas State.Type enum",),
        '["SUBMITTED"]',
        "a state that 1.x got after this document",
        V1[1:],
    ),
    Patch(
        ("components schemas LogEntry",),
        '{"required": ["flowId", "namespace"]}',
        "log entries lost `deleted` after this document",
        V1[3:],
    ),
    Patch(
        ("components schemas Property_Object_",),
        '{"type": null, "properties": null}',
        "a property is written as its value",
    ),
    Patch(
        ("components schemas State",),
        '{"required": ["current", "histories"]}',
        "methods of the class are documented as properties that every state has",
        V2,
    ),
    Patch(
        ("components schemas AbstractTrigger",),
        '{"required": ["id", "type"]}',
        "a trigger is answered without `disabled` and `when` unless they were written",
    ),
)
