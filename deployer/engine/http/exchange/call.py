"""A request, read completely, with everything that a resource needs to answer it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from starlette.datastructures import Headers, QueryParams, UploadFile
from starlette.requests import Request

from deployer.engine.http.exchange.media import MULTIPART
from deployer.engine.http.exchange.refusal import Refusal, not_converted
from deployer.engine.jvm.context import CORE, Kestra

if TYPE_CHECKING:
    from deployer.engine.runtime.runtime import Runtime

_MAPPER = "com.fasterxml.jackson.databind.ObjectMapper"
_PART_LIMIT = 1 << 30  # bytes of a part that is not a file; Kestra does not have Starlette's limit of 1 MiB


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a multipart body; `filename` is None unless it is a file."""

    name: str
    filename: str | None
    data: bytes


@dataclass(frozen=True, slots=True)
class Call:
    """One request. `uri` is path and query as sent; `parts` is empty unless the body is multipart.

    `guarded` says whether this server requires credentials.
    """

    kestra: Kestra
    runtime: Runtime
    uri: str
    path: Mapping[str, str]
    query: QueryParams
    headers: Headers
    body: bytes
    parts: tuple[Part, ...]
    guarded: bool = False

    @property
    def tenant(self) -> str:
        """The tenant of the path."""
        return self.path["tenant"]

    @property
    def media_type(self) -> str:
        """The body's media type without parameters, empty if none was sent."""
        return self.headers.get("content-type", "").split(";")[0].strip().lower()

    def text(self, name: str) -> str:
        """Return the body as a string (invalid UTF-8 is replaced, as in Kestra); `name` is Kestra's name for it.

        Raises Refusal (422) when there is no body.
        """
        if not self.body:
            raise Refusal(422, f"Required Body [{name}] not specified", reason="Invalid route params")
        return self.body.decode("utf-8", errors="replace")

    def upload(self, name: str) -> Part:
        """Return the file of a multipart body; raises Refusal (500, as Kestra answers) when it is missing."""
        for part in self.parts:
            if part.name == name and part.filename is not None:
                return part
        raise Refusal(500, f"Required Part [{name}] not specified", reason="Internal server error")

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Return a boolean query parameter as Micronaut reads one: `true`, `yes`, `y`, `on`, `1` are true."""
        value = self.query.get(name)
        return default if value is None else value.lower() in ("true", "yes", "y", "on", "1")

    def number(self, name: str) -> int | None:
        """Return an integer of the query, None if absent; raises Refusal (422) for any other value."""
        value = self.query.get(name)
        return self.whole_numbers(name, [value])[0] if value else None

    def whole_numbers(self, name: str, values: list[str]) -> list[int]:
        """Return the values of the parameter `name` as integers; raises Refusal (422) for the first that is not one."""
        numbers = []
        for value in values:
            try:
                numbers.append(int(value))
            except ValueError:
                raise not_converted(name, value, f'For input string: "{value}"') from None
        return numbers

    def java_integer(self, name: str) -> Any:
        """Return an integer of the query as java.lang.Integer, None if absent; Refusal (422) for any other value."""
        value = self.number(name)
        return None if value is None else self.java("java.lang.Integer").valueOf(value)

    def choice(self, name: str, kind: str) -> Any:
        """Return a value of the query as a constant of the Java enum `kind`, None if absent; else Refusal (422)."""
        value = self.query.get(name)
        if not value:
            return None
        names = {str(each.name()): each for each in self.java(kind).values()}
        chosen = names.get(value) or names.get(to_constant(value))
        if chosen is None:
            raise not_converted(name, value, f"No enum constant {kind.replace('$', '.')}.{value}")
        return chosen

    def require(self, name: str) -> str:
        """Return a value of the query; raises Refusal (400) when it is missing."""
        value = self.query.get(name)
        if value is None:
            raise Refusal(400, f"Required QueryValue [{name}] not specified")
        return value

    def json(self, name: str, kind: str) -> Any:
        """Return the JSON body as a Java object of the class `kind`; `name` is Kestra's name for it.

        Raises Refusal (422) for a missing body or one of another shape.
        """
        return self._json(name, self._types.constructType(self.java(kind).class_))

    def json_list(self, name: str, kind: str) -> Any:
        """Return the body, a JSON array or one element, as a Java list of the class `kind`; raises like `json`."""
        many = self.java("java.util.List").class_
        return self._json(name, self._types.constructCollectionType(many, self.java(kind).class_))

    def bean(self, name: str) -> Any:
        """Return the engine's singleton of a core class (`services.FlowService`)."""
        return self.kestra.bean(CORE + name)

    def core(self, name: str) -> Any:
        """Return a Java class of the engine's core (`models.Label`)."""
        return self.kestra.java(CORE + name)

    def java(self, name: str) -> Any:
        """Return a Java class by its full name."""
        return self.kestra.java(name)

    def optional(self, value: Any) -> Any:
        """Return a java.util.Optional of a value, empty for None."""
        return self.java("java.util.Optional").ofNullable(value)

    @property
    def _types(self) -> Any:
        return self.kestra.bean(_MAPPER).getTypeFactory()

    def _json(self, name: str, kind: Any) -> Any:
        try:
            return self.kestra.bean(_MAPPER).readValue(self.text(name), kind)
        except self.java("com.fasterxml.jackson.databind.JsonMappingException") as error:
            path = " > ".join(str(each.getDescription()) for each in error.getPath())
            message = f"Failed to convert argument [{name}] for value [null] due to: {error.getMessage()}"
            raise Refusal(422, reason="Invalid json mapping", errors=((message, path),)) from None


def to_constant(text: str) -> str:
    """Return the enum constant that Micronaut reads from a string that is not one itself: `by-id` is `BY_ID`."""
    return text.replace("-", "_").replace(".", "_").upper()


async def read_call(
    request: Request, kestra: Kestra, runtime: Runtime, path: Mapping[str, str], *, guarded: bool
) -> Call:
    """Return the complete request as a Call; `path` has the parameters of its path."""
    multipart = request.headers.get("content-type", "").lower().startswith(MULTIPART)
    return Call(
        kestra=kestra,
        runtime=runtime,
        uri=sent_uri(request),
        path=path,
        query=request.query_params,
        headers=request.headers,
        body=b"" if multipart else await request.body(),
        parts=await _parts(request) if multipart else (),
        guarded=guarded,
    )


def sent_uri(request: Request) -> str:
    """Return path and query as they were sent, for the `self` link of an error."""
    raw: bytes = request.scope.get("raw_path") or request.scope["path"].encode()
    query: bytes = request.scope.get("query_string", b"")
    return (raw + (b"?" + query if query else b"")).decode("latin-1")


async def _parts(request: Request) -> tuple[Part, ...]:
    async with request.form(max_part_size=_PART_LIMIT) as form:
        return tuple(
            [
                Part(name, value.filename, await value.read())
                if isinstance(value, UploadFile)
                else Part(name, None, value.encode())
                for name, value in form.multi_items()
            ]
        )
