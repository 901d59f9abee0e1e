"""Labels of executions that have ended: replaced for one, added for many. System labels cannot change."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from deployer.engine.http.exchange.answers import as_json
from deployer.engine.http.exchange.call import Call
from deployer.engine.http.exchange.refusal import system_label
from deployer.engine.http.exchange.route import Route
from deployer.engine.http.executions.actions import action_routes
from deployer.engine.http.executions.bulk_actions import Bulk
from deployer.engine.http.executions.read import find_execution, find_matching
from deployer.engine.jvm.context import CORE
from deployer.engine.runtime.executions import Change

_LABEL = CORE + "models.Label"
_UNFINISHED = "execution is not terminated"


def replace_labels(call: Call) -> Response:
    """Replace the labels of an execution by those of the body, and return it; 400 if it has not ended."""
    labels = call.json_list("labels", _LABEL)
    execution = find_execution(call)
    if not execution.getState().isTerminated():
        return Response('"The execution is not terminated"', status_code=400, media_type="application/json")
    change = call.runtime.executions.set_labels(execution, _merge_labels(call, execution, labels))
    return as_json(call, call.runtime.executions.carry_out("Set labels", change))


def add_by_ids(call: Call) -> Response:
    """Add the body's `executionLabels` to the executions in its `executionsId`."""
    sent = call.json("setLabelsByIds", "java.util.Map")
    mapper = call.kestra.bean("com.fasterxml.jackson.databind.ObjectMapper")
    labels = [mapper.convertValue(each, call.java(_LABEL).class_) for each in sent.get("executionLabels")]
    return _add_labels(call, call.java("java.util.ArrayList")(labels), [str(each) for each in sent.get("executionsId")])


def add_by_query(call: Call) -> Response:
    """Add the labels of the body to the executions that match the filters of the query."""
    labels = call.json_list("setLabels", _LABEL)
    return _add_labels(call, labels, [str(execution.getId()) for execution in find_matching(call)])


def _add_labels(call: Call, labels: Any, ids: list[str]) -> Response:
    def prepare(call: Call, execution: Any) -> Change:
        both = call.java("java.util.ArrayList")(execution.getLabels() or [])
        both.addAll(labels)
        merged = _merge_labels(call, execution, call.core("models.Label").deduplicate(both))
        return call.runtime.executions.set_labels(execution, merged)

    def unfit(_: Call, execution: Any) -> str | None:
        return None if execution.getState().isTerminated() else _UNFINISHED

    return Bulk("labels", "set labels", unfit, prepare).to_all(call, ids)


def _merge_labels(call: Call, execution: Any, labels: Any) -> Any:
    """Return the labels with the system labels of the execution; raises Refusal (422) for a new system label."""
    prefix = str(call.core("models.Label").SYSTEM_PREFIX)
    own = [label for label in execution.getLabels() or [] if str(label.key()).startswith(prefix)]
    for label in labels:
        if str(label.key()).startswith(prefix) and label not in own:
            raise system_label(label.key(), label.value())
    merged = call.java("java.util.ArrayList")(labels)
    for label in own:
        if not merged.contains(label):
            merged.add(label)
    return merged


ROUTES = (
    *action_routes("POST", "labels", replace_labels),
    Route("POST", "executions/labels/by-ids", add_by_ids),
    Route("POST", "executions/labels/by-query", add_by_query),
)
