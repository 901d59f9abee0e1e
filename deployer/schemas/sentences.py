"""Turns what a JSON Schema's validator finds into sentences about the user's keys. Pure.

What a value must be is in the schema itself, as `errorMessage`: editors show the same words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, NamedTuple

from deployer.model import secret
from deployer.model.problem import Route

if TYPE_CHECKING:
    from jsonschema import ValidationError

_TYPES = {"object": "a mapping", "array": "a list", "string": "a string", "boolean": "true or false"}
_LONGEST = 40  # characters of a key or a value that is shown


class Mistake(NamedTuple):
    """What is wrong with the value, or the key, at a route, and what to do where that is not plain."""

    route: Route
    message: str
    hint: str


Unknown = Callable[[Route, Mapping[str, Any]], Mistake]
"""Says what is wrong with a key that there is not, beside those that there are."""


def unknown_key(route: Route, known: Mapping[str, Any]) -> Mistake:
    """Return what is wrong with a key that there is not."""
    above, key, name = route[:-1], str(route[-1]), dotted(route)
    prefix = f"{dotted(above)}." if above else ""
    hint = meant(key, known, prefix) or f"known keys: {', '.join(known)}"
    return Mistake(route, f"unknown key `{name}`", hint)


def sentences(error: ValidationError, unknown: Unknown = unknown_key) -> Iterator[Mistake]:
    """Yield what one error of the validator means; `unknown` says what a key means that there is not."""
    route: Route = tuple(error.absolute_path)
    schema, asked, value = _parts(error)
    match error.validator:
        case "anyOf":
            yield from _of_branches(error, route, unknown)
        case "additionalProperties":
            known = schema["properties"]
            yield from (unknown((*route, key), known) for key in value if key not in known)
        case "dependentRequired":
            for key, needed in asked.items():
                if key in value and any(each not in value for each in needed):
                    yield _alone((*route, key), needed)
        case "required" if "errorMessage" not in schema:
            yield from (mistake((*route, key), "is missing") for key in asked if key not in value)
        case "enum":
            yield _one_of(route, error)
        case _:
            if "propertyNames" in error.relative_schema_path:
                route = (*route, value)
            yield mistake(route, _must(error), _hint(error, route))


def mistake(route: Route, message: str, hint: str = "") -> Mistake:
    """Return what is wrong with a key: the message goes on after the key's name."""
    return Mistake(route, f"`{dotted(route)}` {message}", hint)


def dotted(route: Route) -> str:
    """Return a route as people write it: `checks.unused-input[0].level`."""
    parts = (f"[{each}]" if isinstance(each, int) else f".{_short(each)}" for each in route)
    return "".join(parts).removeprefix(".")


def _short(key: str) -> str:
    return key if len(key) <= _LONGEST else f"{key[: _LONGEST - 3]}..."


def _of_branches(error: ValidationError, route: Route, unknown: Unknown) -> Iterator[Mistake]:
    """Yield what is wrong in the one branch whose type the value has; if none has it, what the value must be."""
    branches: dict[Any, list[ValidationError]] = {}
    for each in error.context or ():
        branches.setdefault(each.relative_schema_path[0], []).append(each)
    meant = [
        errors
        for errors in branches.values()
        if not any(each.validator == "type" and not each.relative_path for each in errors)
    ]
    if len(meant) != 1:
        yield mistake(route, _must(error))
        return
    for each in meant[0]:
        yield from sentences(each, unknown)


def _parts(error: ValidationError) -> tuple[Any, Any, Any]:
    """Return the schema that a value does not keep to, what its failing keyword asks for, and the value."""
    return error.schema, error.validator_value, error.instance


def _must(error: ValidationError) -> str:
    """Return what a value must be."""
    schema, asked, _ = _parts(error)
    if said := schema.get("errorMessage"):
        return str(said)
    return f"must be {_TYPES[asked]}" if error.validator == "type" else "must not be empty"


def _hint(error: ValidationError, route: Route) -> str:
    """Return what else to say of a value of the wrong type."""
    schema, asked, value = _parts(error)
    if error.validator != "type":
        return ""
    if asked == "object" and "properties" in schema:
        return f"its keys are {', '.join(schema['properties'])}"
    scalar = isinstance(value, bool | int | float)
    return f"put the value of `{dotted(route)}` in quotes" if scalar and asked == "string" else ""


def _one_of(route: Route, error: ValidationError) -> Mistake:
    _, asked, value = _parts(error)
    known = [each for each in asked if isinstance(each, str)]
    words = f"must be one of {', '.join(f'`{each}`' for each in known)}"
    shown = str(value).lower() if isinstance(value, bool) else str(value)
    if not isinstance(value, str | int | float) or len(shown) > _LONGEST or secret.shape(shown):
        return mistake(route, words)
    return mistake(route, f"{words}, not `{shown}`", meant(shown, known))


def _alone(route: Route, needed: Iterable[str]) -> Mistake:
    names = " and ".join(f"`{dotted((*route[:-1], each))}`" for each in needed)
    return mistake(route, f"is given without {names}", f"add {names}, or remove `{dotted(route)}`")


def meant(written: str, known: Iterable[str], prefix: str = "") -> str:
    """Return a hint at the name that is nearest to one that there is not; empty where none is near."""
    near = get_close_matches(written[:_LONGEST], list(known), n=1)
    return f"did you mean `{prefix}{near[0]}`?" if near else ""
