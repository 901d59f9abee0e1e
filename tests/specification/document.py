"""Kestra's OpenAPI documents, and whether an answer is what they say, through the reviewed table of patches."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

import httpx
import yaml
from openapi_schema_validator import OAS30ReadValidator, oas30_format_checker
from shared import SHARED
from specification.patches import Patch

from deployer.model.version import Dialect, KestraVersion

_FILES = {Dialect.V1: "kestra-1.0.yml", Dialect.V2: "kestra-2.0.yml"}
_Index = Mapping[tuple[str, str], dict[str, Any]]
"""Operations by method and template without names."""
_ANYTHING: dict[str, Any] = {"nullable": True}
_OVERLAPPING = {"oneOf": "anyOf"}  # Java's Object beside something else is that, too


@cache
def document(dialect: Dialect) -> dict[str, Any]:
    """Return the document of a dialect; a bare `type: object` in it is Java's Object, so it may be anything."""
    text = (SHARED / "openapi" / _FILES[dialect]).read_text(encoding="utf-8")
    read: dict[str, Any] = _meant(yaml.load(text, yaml.CSafeLoader))
    return read


def operation(dialect: Dialect, method: str, template: str) -> dict[str, Any] | None:
    """Return an operation's part of the document, None where it has none; parameters may have other names there."""
    return _operations(dialect).get((method, _nameless(template)))


def specified(dialect: Dialect, method: str, path: str) -> dict[str, Any]:
    """Return the operation that a request to `path` is about: of several that fit, the one with the most words."""
    fitting = [
        (template.count("{}"), each)
        for (name, template), each in _operations(dialect).items()
        if name == method and re.fullmatch(re.escape(template).replace(r"\{\}", "[^/]+"), path)
    ]
    return min(fitting, key=lambda each: each[0])[1]


def objections(answer: httpx.Response, version: KestraVersion, template: str, patches: Iterable[Patch]) -> list[str]:
    """Return in what an answer is not what the document, patched, says: status, content type, JSON body."""
    method, status = answer.request.method, str(answer.status_code)
    patched, index = _patched(version, frozenset(patches))
    responses = index[method, _nameless(template)]["responses"]
    if status not in responses:
        return [f"status {status} is not among {', '.join(responses)}: {answer.text[:200]}"]
    content = responses[status].get("content")
    if not content:
        return [] if not answer.content else [f"there is a body: {answer.text[:200]}"]
    media_type = answer.headers.get("content-type", "").split(";")[0]
    if media_type not in content:
        return [f"content type {media_type!r} is not among {', '.join(content)}"]
    validator = OAS30ReadValidator(
        {"components": patched["components"], **content[media_type].get("schema", {})},
        format_checker=oas30_format_checker,
    )
    return [
        f"{error.json_path}: {error.message[:300]}"
        for value in _values(answer, media_type)
        for error in _leaves(validator.iter_errors(value))
    ]


def _values(answer: httpx.Response, media_type: str) -> Iterator[Any]:
    """Yield the JSON values of an answer: one, each event's, or none where it is something else."""
    if media_type == "application/json":
        yield answer.json()
    if media_type == "text/event-stream":
        events = re.findall(r"^id: (\w+)\ndata: (.*)$", answer.text, re.MULTILINE)
        # the one called `start` is there so that something is sent, and is empty
        yield from ({"id": name, "data": json.loads(data)} for name, data in events if name != "start")


def _leaves(errors: Iterable[Any]) -> Iterator[Any]:
    """Yield what is wrong in the end, not that one of several schemas did not fit."""
    for error in errors:
        yield from _leaves(error.context) if error.context and error.validator == "allOf" else (error,)


def _meant(node: Any) -> Any:
    """Return the document as it is meant: its generator has no word for Java's Object, and writes Java's patterns."""
    if isinstance(node, dict):
        if node.get("type") == "object" and not node.keys() - {"type", "description", "nullable", "deprecated"}:
            return _ANYTHING
        return {_OVERLAPPING.get(key, key): _meant(value) for key, value in node.items()}
    if isinstance(node, str):
        return node.replace(r"\p{Ll}", "a-z").replace(r"\p{L}", "a-zA-Z")
    return [_meant(each) for each in node] if isinstance(node, list) else node


@cache
def _patched(version: KestraVersion, patches: frozenset[Patch]) -> tuple[dict[str, Any], _Index]:
    """Return the document with these patches, and its operations."""
    patched: dict[str, Any] = json.loads(_written(version.dialect))  # a copy, in a tenth of the time of `deepcopy`
    for patch in patches:
        if version.name in patch.versions:
            patch.apply(patched)
    return patched, _index(patched)


@cache
def _written(dialect: Dialect) -> str:
    return json.dumps(document(dialect))


@cache
def _operations(dialect: Dialect) -> _Index:
    return _index(document(dialect))


def _index(whole: Mapping[str, Any]) -> _Index:
    paths = whole["paths"].items()
    return {(method.upper(), _nameless(path)): each for path, of_path in paths for method, each in of_path.items()}


def _nameless(template: str) -> str:
    return re.sub(r"{\w+}", "{}", template)
