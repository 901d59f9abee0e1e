"""Starts executions by webhook: the flow's own trigger reads the request and decides the outcome."""

from __future__ import annotations

import logging
from functools import partial
from typing import Any

import jpype
from starlette.responses import Response

from deployer.engine.http.exchange.answers import as_json, json_text
from deployer.engine.http.exchange.call import Call
from deployer.engine.http.exchange.media import ANYTHING, JSON
from deployer.engine.http.exchange.refusal import Refusal, not_found
from deployer.engine.http.exchange.route import LAST_1X, Route
from deployer.engine.jvm.context import CORE
from deployer.model.version import NAMES

_TRIGGERS = "io.kestra.plugin.core.trigger."
_METHODS = ("GET", "POST", "PUT")
_TEXTUAL = ("text/", "json", "xml", "yaml", "csv", "application/x-www-form-urlencoded")
_log = logging.getLogger(__name__)


def start_until_1_2(method: str, call: Call) -> Response:
    """Start an execution as 1.0 to 1.2 do: 404 for an unknown flow or key, 204 if a condition is not met."""
    flow, trigger = _find_trigger(call, "Webhook")
    kind = call.java("io.micronaut.http.HttpMethod").valueOf(method)
    body = call.body.decode("utf-8", "replace") or None
    request = call.java("io.micronaut.http.simple.SimpleHttpRequest")(kind, call.uri, body)
    for name, value in call.headers.items():
        request.header(name, value)
    for name, value in call.query.multi_items():  # which this class does not read from its URI
        request.getParameters().add(name, value)
    evaluated = trigger.evaluate(request, flow)
    if evaluated.isEmpty():
        raise not_found("No execution triggered")
    execution = evaluated.get()
    if flow.getLabels():
        execution = execution.withLabels(call.core("services.LabelService").labelsExcludingSystem(flow))
    conditions = call.bean("services.ConditionService")
    context = call.bean("runners.RunContextFactory").of(flow, execution)
    if not conditions.isValid(flow, trigger, conditions.conditionContext(context, flow, execution)):
        return Response(status_code=204)
    call.runtime.emit(execution)
    return as_json(call, execution)


def start_since_1_3(method: str, call: Call, *, binary: bool) -> Response:
    """Start an execution as 1.3 and later do: the trigger writes the answer; it accepts bytes if `binary`."""
    flow, trigger = _find_trigger(call, "AbstractWebhookTrigger")
    context = call.java(_TRIGGERS + "WebhookContext").builder().request(_request(method, call, binary=binary))
    context = context.path(call.path.get("path")).flow(flow).trigger(trigger)
    context = context.webhookService(call.bean("services.WebhookService")).build()
    return _answer(call, trigger.evaluate(context).block())


def _find_trigger(call: Call, kind: str) -> tuple[Any, Any]:
    """Return flow and trigger of the path; raises Refusal (404, or 409 for a disabled or unreadable flow)."""
    place = (call.tenant, call.path["namespace"], call.path["id"])
    flow = call.bean("repositories.FlowRepositoryInterface").findById(*place).orElse(None)
    if flow is None:
        raise not_found("Flow not found")
    if flow.isDisabled():
        raise _conflict(call, "Cannot execute a disabled flow", "Cannot execute flow: flow is disabled.")
    if isinstance(flow, call.core("models.flows.FlowWithException")):
        why = flow.getException()
        raise _conflict(call, f"Cannot execute an invalid flow: {why}", f"Cannot execute flow: flow is invalid: {why}")
    for trigger in flow.getTriggers() or ():
        if isinstance(trigger, call.java(_TRIGGERS + kind)) and _render_key(call, flow, trigger) == call.path["key"]:
            return flow, trigger
    raise not_found("Webhook not found")


def _render_key(call: Call, flow: Any, trigger: Any) -> str | None:
    try:
        return str(call.bean("runners.RunContextFactory").of(flow, trigger).render(trigger.getKey())).strip()
    except call.java(CORE + "exceptions.IllegalVariableEvaluationException") as error:
        _log.warning("the key of a webhook of %s cannot be rendered: %s", flow.getId(), error)
        return None


def _conflict(call: Call, message_1x: str, message_2x: str) -> Refusal:
    if call.runtime.executions.empty_answers:
        return Refusal(409, message_1x, reason="Illegal state")
    return Refusal(409, message_2x)


def _request(method: str, call: Call, *, binary: bool) -> Any:
    """Return the request as Kestra's own class, with its body as a string, or as bytes if `binary` and not textual."""
    names: dict[str, list[str]] = {}
    for name, value in call.headers.items():
        names.setdefault(name, []).append(value)
    every = jpype.JProxy("java.util.function.BiPredicate", dict={"test": lambda _name, _value: True})
    headers = call.java("java.net.http.HttpHeaders").of(call.kestra.from_json(names), every)
    request = call.core("http.HttpRequest").builder().method(method).headers(headers)
    request = request.uri(call.java("java.net.URI").create(call.uri))
    if not call.body:
        return request.build()
    if not binary or not call.media_type or any(kind in call.media_type for kind in _TEXTUAL):
        text = call.body.decode("utf-8", "replace")
        return request.body(call.core("http.HttpRequest$StringRequestBody").of(text)).build()
    content = jpype.JArray(jpype.JByte)(call.body)
    return request.body(call.core("http.HttpRequest$ByteArrayRequestBody").of(content)).build()


def _answer(call: Call, response: Any) -> Response:
    body, headers = response.getBody(), {}
    if response.getHeaders() is not None:
        headers = {str(each.getKey()): str(each.getValue()[0]) for each in response.getHeaders().map().entrySet()}
    if body is None:
        content = b""
    elif isinstance(body, str):
        content = body.encode()
    elif isinstance(body, jpype.JArray(jpype.JByte)):
        content = bytes(body)
    else:
        content = json_text(call.kestra, body).encode()
    kind = headers.pop("Content-Type", None) or headers.pop("content-type", None) or (JSON if content else None)
    return Response(content, status_code=int(response.getStatus().getCode()), headers=headers, media_type=kind)


_PATH = "executions/webhook/{namespace}/{id}/{key}"

_LATER = (_PATH, f"{_PATH}/{{path}}")

ROUTES = (
    *(Route(method, _PATH, partial(start_until_1_2, method), consumes=(ANYTHING,), until="1.2") for method in _METHODS),
    *(
        Route(
            method,
            path,
            partial(start_since_1_3, method, binary=binary),
            consumes=(ANYTHING,),
            since=since,
            until=until,
        )
        for since, until, binary in (("1.3", LAST_1X, False), ("2.0", NAMES[-1], True))
        for method in _METHODS
        for path in _LATER
    ),
)
