"""Labels of executions that are over: replaced for one, added for many. Kestra's own can only be repeated."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from deployer.engine.http.exchange.answers import as_json
from deployer.engine.http.exchange.call import Call
from deployer.engine.http.exchange.refusal import system_label
from deployer.engine.http.exchange.route import Route
from deployer.engine.http.executions.actions import actions
from deployer.engine.http.executions.bulk_actions import Bulk
from deployer.engine.http.executions.read import found, matching
from deployer.engine.jvm.context import CORE
from deployer.engine.runtime.executions import Change

_LABEL = CORE + "models.Label"
_UNFINISHED = "execution is not terminated"


def of_one(call: Call) -> Response:
    """Replace the labels of an execution by those of the body, and return it; 400 when it is not over."""
    labels = call.json_list("labels", _LABEL)
    execution = found(call)
    if not execution.getState().isTerminated():
        return Response('"The execution is not terminated"', status_code=400, media_type="application/json")
    change = call.runtime.executions.set_labels(execution, _merged(call, execution, labels))
    return as_json(call, call.runtime.executions.carry_out("Set labels", change))


def by_ids(call: Call) -> Response:
    """Add the body's `executionLabels` to those of its `executionsId`."""
    sent = call.json("setLabelsByIds", "java.util.Map")
    mapper = call.kestra.bean("com.fasterxml.jackson.databind.ObjectMapper")
    labels = [mapper.convertValue(each, call.java(_LABEL).class_) for each in sent.get("executionLabels")]
    return _added(call, call.java("java.util.ArrayList")(labels), [str(each) for each in sent.get("executionsId")])


def by_query(call: Call) -> Response:
    """Add the labels of the body to those executions that the filters of the query match."""
    labels = call.json_list("setLabels", _LABEL)
    return _added(call, labels, [str(execution.getId()) for execution in matching(call)])


def _added(call: Call, labels: Any, ids: list[str]) -> Response:
    def prepare(call: Call, execution: Any) -> Change:
        both = call.java("java.util.ArrayList")(execution.getLabels() or [])
        both.addAll(labels)
        merged = _merged(call, execution, call.core("models.Label").deduplicate(both))
        return call.runtime.executions.set_labels(execution, merged)

    def unfit(_: Call, execution: Any) -> str | None:
        return None if execution.getState().isTerminated() else _UNFINISHED

    return Bulk("labels", "set labels", unfit, prepare).to_all(call, ids)


def _merged(call: Call, execution: Any, labels: Any) -> Any:
    """Return the labels with Kestra's own of the execution; raises Refusal (422) on one of its own that is new."""
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
    *actions("POST", "labels", of_one),
    Route("POST", "executions/labels/by-ids", by_ids),
    Route("POST", "executions/labels/by-query", by_query),
)
