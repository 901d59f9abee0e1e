"""Java values and exceptions as HTTP answers, in the JSON of the engine's own web mapper.

That mapper is the context's `ObjectMapper` bean: it omits `tenantId` and writes errors as Kestra's web server does,
which `JacksonMapper.ofJson()` does not (compared with recorded answers on 1.3.31 and 2.0.0).
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from starlette.responses import Response

from deployer.engine.http.exchange.media import JSON
from deployer.engine.http.exchange.refusal import Refusal

if TYPE_CHECKING:
    from deployer.engine.http.exchange.call import Call
    from deployer.engine.jvm.context import Kestra

_HATEOAS = "io.micronaut.http.hateoas."
_KESTRA = "io.kestra.core.exceptions."
_DAY = timedelta(days=1)
_log = logging.getLogger(__name__)

_STATUSES = (  # the first class that matches; from Kestra's ErrorController
    ("com.fasterxml.jackson.core.JsonParseException", 422, "Invalid json"),
    (_KESTRA + "InputOutputValidationException", 422, "Invalid entity"),
    ("com.fasterxml.jackson.databind.exc.InvalidFormatException", 422, "Invalid format"),
    (_KESTRA + "InvalidException", 422, "Invalid entity"),
    (_KESTRA + "NotFoundException", 404, "Not Found"),
    (_KESTRA + "ConflictException", 409, "Conflict"),
    (_KESTRA + "InvalidQueryFiltersException", 400, "Invalid query filters"),
    (_KESTRA + "ResourceExpiredException", 410, "Resource has expired"),
    ("java.util.NoSuchElementException", 404, "Not Found"),
    ("java.io.FileNotFoundException", 404, "Not Found"),
    ("java.lang.IllegalArgumentException", 422, "Illegal argument"),
    ("java.lang.IllegalStateException", 409, "Illegal state"),
)


def json_text(kestra: Kestra, value: Any) -> str:
    """Return a Java value as the web server's JSON."""
    return str(kestra.bean("com.fasterxml.jackson.databind.ObjectMapper").writeValueAsString(value))


def as_json(call: Call, value: Any, media_type: str = JSON) -> Response:
    """Return 200 with a Java value; None is 404, as null is in Kestra's controllers."""
    if value is None:
        raise Refusal(404)
    return Response(json_text(call.kestra, value), headers={"content-type": media_type})


def as_object(call: Call, **fields: Any) -> Response:
    """Return 200 with an object of these fields, whose values are Java values; None is omitted."""
    return Response(object_text(call, **fields), media_type=JSON)


def object_text(call: Call, **fields: Any) -> str:
    """Return the JSON of an object of these fields, whose values are Java values; None is omitted."""
    texts = (f'"{name}":{json_text(call.kestra, value)}' for name, value in fields.items() if value is not None)
    return f"{{{','.join(texts)}}}"


def file_response(content: bytes, media_type: str, name: str = "", *, cached: bool = True) -> Response:
    """Return 200 with a file as Kestra's web server sends it, to be cached for a day unless `cached` is false.

    With a `name`, the client is told to save it under that name.
    """
    now = datetime.now(UTC)
    headers = {
        "content-type": media_type,  # unchanged; for a text type, a charset would be added
        "Cache-Control": f"public, max-age={_DAY.total_seconds():.0f}" if cached else "no-cache",
        "Expires": format_datetime(now + _DAY, usegmt=True),
        "Last-Modified": format_datetime(now, usegmt=True),
    }
    if name:
        headers["Content-Disposition"] = f"attachment; filename=\"{name}\"; filename*=utf-8''{quote(name)}"
    return Response(content, headers=headers)


def page_response(call: Call, results: Any, total: int) -> Response:
    """Return 200 with one page of results and the total of all pages."""
    return Response(f'{{"results":{json_text(call.kestra, results)},"total":{total}}}', media_type=JSON)


def unwrap(optional: Any) -> Any:
    """Return the value of a java.util.Optional; raises Refusal (404) when it is empty."""
    if optional.isEmpty():
        raise Refusal(404)
    return optional.get()


def answer_refusal(kestra: Kestra, uri: str, refusal: Refusal) -> Response:
    """Return a refusal in the shape of Kestra's errors."""
    text = json_text(kestra, _error(kestra, uri, refusal.message, refusal.errors))
    return Response(text, status_code=refusal.status, media_type=JSON)


def answer_exception(call: Call, thrown: Any) -> Response:
    """Return the answer to a Java exception, with the status and message of Kestra's web server."""
    error = _find_cause(call, thrown)
    if isinstance(error, call.java("jakarta.validation.ConstraintViolationException")):
        errors = [(str(each.getMessage()), str(each.getPropertyPath())) for each in error.getConstraintViolations()]
        return answer_refusal(
            call.kestra, call.uri, Refusal(422, f"{error.getMessage()}", reason="Invalid entity", errors=(*errors,))
        )
    status, reason = _status(call, error)
    if status >= 500:  # noqa: PLR2004  (any server error)
        _log.error("%s: %s", call.uri, error)
    return answer_refusal(call.kestra, call.uri, Refusal(status, _message(error), reason=reason))


def _find_cause(call: Call, thrown: Any) -> Any:
    """Return the exception to report: a violation inside a processing error, or what a reactive chain wrapped."""
    error = call.java("reactor.core.Exceptions").unwrap(thrown)
    processing = isinstance(error, call.java(_KESTRA + "FlowProcessingException"))
    violation = call.java("jakarta.validation.ConstraintViolationException")
    return error.getCause() if processing and isinstance(error.getCause(), violation) else error


def _status(call: Call, error: Any) -> tuple[int, str]:
    kinds = set(_class_names(error))
    if isinstance(error, call.java("io.micronaut.http.exceptions.HttpStatusException")):
        return int(error.getStatus().getCode()), str(error.getStatus().getReason())
    if _KESTRA + "DeserializationException" in kinds:
        return call.runtime.unreadable, "Cannot deserialize the resource"
    return next(
        ((status, reason) for name, status, reason in _STATUSES if name in kinds), (500, "Internal server error")
    )


def _class_names(error: Any) -> Iterator[str]:
    """Yield the names of an exception's class and its superclasses; not every version has every class."""
    kind = error.getClass()
    while kind is not None:
        yield str(kind.getName())
        kind = kind.getSuperclass()


def _message(error: Any) -> str:
    message = error.getMessage()
    return "" if message is None else str(message)


def _error(kestra: Kestra, uri: str, message: str, errors: Iterable[tuple[str, str]]) -> Any:
    error, link = kestra.java(_HATEOAS + "JsonError"), kestra.java(_HATEOAS + "Link")
    answer = error(message).link(link.SELF, link.of(uri))
    if errors:
        each = kestra.java("java.util.ArrayList")()
        for text, path in errors:
            each.add(error(text).path(path))
        answer = answer.embedded("errors", each)
    return answer
