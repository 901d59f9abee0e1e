"""Validates flows, tasks and triggers without storing them: the engine's verdict on each source."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from starlette.responses import Response

from deployer.engine.http.exchange.answers import as_json
from deployer.engine.http.exchange.call import Call, to_constant
from deployer.engine.http.exchange.media import JSON, MULTIPART, YAML
from deployer.engine.http.exchange.refusal import not_converted
from deployer.engine.http.exchange.route import Route
from deployer.engine.http.flows.java_split import java_split
from deployer.model.java import BLANKS

_BETWEEN = r"\n+---\n*?"  # as in Kestra, which also splits at a `---` line in a block scalar
_SECTIONS = {"TASKS": "models.tasks.Task", "TRIGGERS": "models.triggers.AbstractTrigger"}
_ENUM = "io.kestra.webserver.controllers.api.FlowController.TaskValidationType"


def validate(call: Call) -> Response:
    """Return a verdict on each flow of a body split at `---` lines, or on each file of an upload, in their order."""
    if call.media_type == MULTIPART:
        sources = [(part.filename, part.data.decode("utf-8", "replace")) for part in call.parts if part.name == "flows"]
        texts = [(name, text.strip(BLANKS)) for name, text in sources]
    else:
        texts = [(None, text) for text in split(call.body.decode("utf-8", "replace"))]
    return as_json(call, call.runtime.validate(call.tenant, texts))


def validate_text(call: Call) -> Response:
    """Validate as `validate` does, but require a body (1.0)."""
    call.text("flows")
    return validate(call)


def split(text: str) -> list[str]:
    """Return the flows of a body, split as by Kestra's web server."""
    return java_split(_BETWEEN, text.strip(BLANKS))


def validate_task(call: Call) -> Response:
    """Return the verdict on a task in JSON, or on a task or trigger in YAML, depending on the parameter `section`."""
    if call.media_type != YAML:
        return _from_json(call, name="task", kind=_SECTIONS["TASKS"])
    section = call.require("section")
    if to_constant(section) not in _SECTIONS:
        raise not_converted("section", section, f"No enum constant {_ENUM}.{section}")
    text, kind = call.text("task"), call.core(_SECTIONS[to_constant(section)]).class_
    return _verdict(call, "flow", lambda: call.core("serializers.YamlParser").parse(text, kind))


def _from_json(call: Call, *, name: str, kind: str) -> Response:
    """Return the verdict on a JSON body that must be of the class `kind`."""
    text, wanted = call.text(name), call.core(kind)

    def read() -> Any:
        try:
            return call.core("serializers.JacksonMapper").ofJson(True).readValue(text, wanted.class_)
        except call.java("com.fasterxml.jackson.core.JsonProcessingException") as error:
            parser = call.core("serializers.YamlParser")
            raise parser.toConstraintViolationException(text, wanted.class_.getSimpleName(), error) from None

    return _verdict(call, name, read)


def _verdict(call: Call, name: str, read: Callable[[], Any]) -> Response:
    """Return the verdict on the result of `read`, including errors of the engine itself."""
    verdict = call.core("models.validations.ValidateConstraintViolation").builder()
    try:
        call.bean("models.validations.ModelValidator").validate(read())
    except call.java("jakarta.validation.ConstraintViolationException") as refused:
        verdict.constraints(refused.getMessage())
    except call.java("java.lang.RuntimeException") as error:
        verdict.constraints(f"Unable to validate the {name}: {error.getMessage()}")
    return as_json(call, verdict.build())


ROUTES = (
    Route("POST", "flows/validate", validate_text, consumes=(YAML,), until="1.0"),
    Route("POST", "flows/validate", validate, consumes=(YAML,), since="1.1", until="1.1"),
    Route("POST", "flows/validate", validate, consumes=(YAML, MULTIPART), since="1.2"),
    Route("POST", "flows/validate/task", validate_task, consumes=(YAML, JSON)),
    Route("POST", "flows/validate/trigger", partial(_from_json, name="trigger", kind=_SECTIONS["TRIGGERS"])),
)
