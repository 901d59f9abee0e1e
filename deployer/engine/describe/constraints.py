"""Which constraints Kestra's validator (Hibernate Validator) checks on the objects of a class; see `types`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

_IGNORED = ("message", "groups", "payload", "validationAppliesTo", "flags")


def describe_constraints(descriptor: Any, props: Iterable[str], later: Iterable[str]) -> dict[str, Any]:
    """Return `must_self`, `must` and `each` of a class, where it has any, including inherited constraints.

    `descriptor` is the validator's BeanDescriptor, `props` the properties read, `later` what Kestra sets afterwards.
    """
    described: dict[str, Any] = {}
    own = _read_constraints(descriptor)
    if own:
        described["must_self"] = own
    must, each = {}, {}
    for prop in descriptor.getConstrainedProperties():
        name = str(prop.getPropertyName())
        name = name.removeprefix("_") if name.removeprefix("_") in props else name
        if name in later:
            continue
        found, inner = _read_constraints(prop), _read_item_constraints(prop)
        if inner:
            each[name] = inner
        elif prop.isCascaded():  # on a container it means the items, and is reported in some runs only
            found["Valid"] = {}
        if found:
            must[name] = found
    if must:
        described["must"] = dict(sorted(must.items()))
    if each:
        described["each"] = dict(sorted(each.items()))
    return described


def _read_item_constraints(container: Any) -> dict[str, Any]:
    """Return the constraints of a container's items, by the index of the type parameter (a map has two)."""
    found: dict[str, Any] = {}
    for inner in container.getConstrainedContainerElementTypes():
        item = _read_constraints(inner)
        if inner.isCascaded():
            item["Valid"] = {}
        deeper = _read_item_constraints(inner)
        found[str(inner.getTypeArgumentIndex())] = {**item, **({"each": deeper} if deeper else {})}
    return found


def _read_constraints(element: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for constraint in element.getConstraintDescriptors():
        name = str(constraint.getAnnotation().annotationType().getSimpleName())
        values = {
            str(entry.getKey()): _to_json_value(entry.getValue())
            for entry in constraint.getAttributes().entrySet()
            if str(entry.getKey()) not in _IGNORED
        }
        if str(constraint.getValueUnwrapping()) != "DEFAULT":
            values["unwrapping"] = str(constraint.getValueUnwrapping())
        found.setdefault(name, []).append(dict(sorted(values.items())))
    return {name: sorted(each, key=str) for name, each in found.items()}  # Java returns them in any order


def _to_json_value(value: Any) -> Any:
    if isinstance(value, bool | int | float | str) or value is None:
        return value
    if hasattr(value, "__len__") and not isinstance(value, str):
        return [_to_json_value(each) for each in value]
    try:
        return int(value)
    except (TypeError, ValueError):
        return str(value)
