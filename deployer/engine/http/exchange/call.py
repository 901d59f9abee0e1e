"""A request on its way to the engine, read whole, with what a resource needs to answer it."""

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
_PART_LIMIT = 1 << 30  # bytes of a part that is no file; Starlette's own limit of 1 MiB is not Kestra's


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a multipart body; `filename` is None for what is no file."""

    name: str
    filename: str | None
    data: bytes


@dataclass(frozen=True, slots=True)
class Call:
    """One request. `uri` is path and query as they were sent; `parts` is empty unless the body is multipart.

    `guarded` says whether this server asks for credentials.
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
        """The body's media type without parameters, empty where none was sent."""
        return self.headers.get("content-type", "").split(";")[0].strip().lower()

    def text(self, name: str) -> str:
        """Return the body as text (bytes that are no UTF-8 replaced, as Kestra does); `name` is Kestra's name for it.

        Raises Refusal (422) when there is no body.
        """
        if not self.body:
            raise Refusal(422, f"Required Body [{name}] not specified", reason="Invalid route params")
        return self.body.decode("utf-8", errors="replace")

    def upload(self, name: str) -> Part:
        """Return the file of a multipart body; raises Refusal when it is not there (500: Kestra's own answer)."""
        for part in self.parts:
            if part.name == name and part.filename is not None:
                return part
        raise Refusal(500, f"Required Part [{name}] not specified", reason="Internal server error")

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Return a boolean query parameter as Micronaut reads one: `true`, `yes`, `y`, `on`, `1` are true."""
        value = self.query.get(name)
        return default if value is None else value.lower() in ("true", "yes", "y", "on", "1")

    def number(self, name: str) -> int | None:
        """Return a whole number of the query, None where absent; raises Refusal (422) when it is none."""
        value = self.query.get(name)
        return self.whole_numbers(name, [value])[0] if value else None

    def whole_numbers(self, name: str, values: list[str]) -> list[int]:
        """Return the values of the parameter `name` as numbers; raises Refusal (422) on the first that is none."""
        numbers = []
        for value in values:
            try:
                numbers.append(int(value))
            except ValueError:
                raise not_converted(name, value, f'For input string: "{value}"') from None
        return numbers

    def boxed(self, name: str) -> Any:
        """Return a whole number of the query as java.lang.Integer, None where absent; Refusal (422) when it is none."""
        value = self.number(name)
        return None if value is None else self.java("java.lang.Integer").valueOf(value)

    def choice(self, name: str, kind: str) -> Any:
        """Return a value of the query as one of the Java enum `kind`, None where absent; Refusal (422) otherwise."""
        value = self.query.get(name)
        if not value:
            return None
        names = {str(each.name()): each for each in self.java(kind).values()}
        chosen = names.get(value) or names.get(to_constant(value))
        if chosen is None:
            raise not_converted(name, value, f"No enum constant {kind.replace('$', '.')}.{value}")
        return chosen

    def required(self, name: str) -> str:
        """Return a value of the query; Refusal (400) when it is not there."""
        value = self.query.get(name)
        if value is None:
            raise Refusal(400, f"Required QueryValue [{name}] not specified")
        return value

    def json(self, name: str, kind: str) -> Any:
        """Return the body, JSON, as a Java object of the class `kind`; `name` is Kestra's name for it.

        Raises Refusal (422) without a body or when it is of another shape.
        """
        return self._json(name, self._types.constructType(self.java(kind).class_))

    def json_list(self, name: str, kind: str) -> Any:
        """Return the body, a JSON array or one element of it, as a Java list of the class `kind`, like `json`."""
        many = self.java("java.util.List").class_
        return self._json(name, self._types.constructCollectionType(many, self.java(kind).class_))

    def bean(self, name: str) -> Any:
        """Return the engine's singleton of a class of its core (`services.FlowService`)."""
        return self.kestra.bean(CORE + name)

    def core(self, name: str) -> Any:
        """Return a Java class of the engine's core (`models.Label`)."""
        return self.kestra.java(CORE + name)

    def java(self, name: str) -> Any:
        """Return a Java class by its full name."""
        return self.kestra.java(name)

    def optional(self, value: Any) -> Any:
        """Return java.util.Optional of a value, empty for None."""
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
    """Return what Micronaut takes a text for that is none of an enum's constants as it stands: `by-id` is `BY_ID`."""
    return text.replace("-", "_").replace(".", "_").upper()


async def read_call(
    request: Request, kestra: Kestra, runtime: Runtime, path: Mapping[str, str], *, guarded: bool
) -> Call:
    """Return the whole request as a Call; `path` has the parameters of its path."""
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
    """Return path and query as they came over the wire, for the `self` link of an error."""
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
