"""Query parameters as the engine's QueryFilters: `filters[field][OP]=value`, and the flat parameters of 1.x.

The engine knows which fields and operators exist and which of them a resource supports; that is not repeated here. Not
supported: the nested `filters[and][0][...]` of 2.x.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus

from deployer.engine.http.exchange.paging import split_values
from deployer.engine.http.exchange.refusal import Refusal

if TYPE_CHECKING:
    from deployer.engine.http.exchange.call import Call

_FILTER = re.compile(r"filters\[(.*?)]\[(.*?)](?:\[(.+)])?")
_MANY = ("IN", "NOT_IN")
_FLAT = {  # parameter: its operator
    "q": "EQUALS",
    "namespace": "PREFIX",
    "flowId": "EQUALS",
    "triggerId": "EQUALS",
    "workerId": "EQUALS",
    "minLevel": "EQUALS",
    "startDate": "GREATER_THAN",
    "endDate": "LESS_THAN",
    "scope": "EQUALS",
    "labels": "EQUALS",
    "timeRange": "EQUALS",
    "childFilter": "EQUALS",
    "state": "IN",
    "triggerExecutionId": "EQUALS",
}
_FIELDS = {"minLevel": "level"}  # where the field is not named like the parameter


def read_filters(call: Call, *flat: str) -> Any:
    """Return the request's filters as a Java list.

    `flat` names the flat parameters of this resource in 1.x; they are ignored if any `filters[...]` is given. 2.x
    refuses them with 422 (later 2.x servers do; the first ones ignored them and matched everything).
    """
    found = call.java("java.util.ArrayList")()
    labels: dict[str, dict[str, str]] = {}
    for name in dict.fromkeys(call.query.keys()):
        if match := _FILTER.fullmatch(name):
            _read_filter(call, match, call.query.getlist(name), found, labels)
    for operator, wanted in labels.items():
        found.add(query_filter(call, "labels", operator, call.kestra.from_json(wanted)))
    sent = [name for name in flat if call.query.get(name)]
    if sent and not call.runtime.flat_filters:
        raise _refuse_flat(sorted(sent))
    if found.isEmpty():
        for name in sent:
            found.add(_flat_filter(call, name))
    return found


def query_filter(call: Call, field: str, operator: str, value: Any) -> Any:
    """Return one QueryFilter; the engine throws an exception for an unknown field or operator."""
    if field == "timeRange":
        return _start_date_filter(call, operator, value)
    kind = call.core("models.QueryFilter")
    answer = kind.builder().field(call.core("models.QueryFilter$Field").fromString(field))
    return answer.operation(call.core("models.QueryFilter$Op").valueOf(operator)).value(value).build()


def parse_labels(call: Call, pairs: list[str]) -> Any:
    """Return `key:value` pairs as a Java map; raises Refusal (422), with Kestra's message, for anything else."""
    found: dict[str, str] = {}
    for pair in pairs:
        key, colon, value = (part.strip() for part in pair.partition(":"))
        if not colon or not pair.partition(":")[0]:
            raise Refusal(422, "Can't split the queryString parameter by ':'", reason="Unprocessable Entity")
        if not key or not value:
            raise Refusal(422, "Can't have an empty part of queryString", reason="Unprocessable Entity")
        if re.search(r"\s", key):
            message = "Key of queryString can't contain a whitespace character"
            raise Refusal(422, message, reason="Unprocessable Entity")
        if key in found:
            message = f"The queryString parameter keys contains duplicities: Duplicate key {key}"
            message += f" (attempted merging values {found[key]} and {value})"
            raise Refusal(422, message, reason="Unprocessable Entity")
        found[key] = value
    return call.kestra.from_json(found)


def _read_filter(
    call: Call, match: re.Match[str], values: list[str], found: Any, labels: dict[str, dict[str, str]]
) -> None:
    field, operator, nested = match.groups()
    if nested is not None and field == "labels":
        labels.setdefault(operator, {})[nested] = values[0]
    elif nested is not None:
        found.add(query_filter(call, field, operator, call.kestra.from_json({nested: values[0]})))
    else:
        for value in values:
            found.add(query_filter(call, field, operator, _value(call, field, operator, value)))


def _start_date_filter(call: Call, operator: str, value: str) -> Any:
    """Return a time range up to now (an ISO 8601 duration) as a filter by start date: the engine has no ranges."""
    duration = call.java("java.time.Duration").parse(value).abs()
    start = str(call.java("java.time.ZonedDateTime").now().minus(duration))
    compared = "LESS_THAN_OR_EQUAL_TO" if operator in ("NOT_EQUALS", "NOT_IN") else "GREATER_THAN_OR_EQUAL_TO"
    return query_filter(call, "startDate", compared, start)


def _value(call: Call, field: str, operator: str, value: str) -> Any:
    if field == "scope":
        return _scopes(call, value.split(","))
    if operator in _MANY:  # decoded twice and without brackets, as in Kestra
        return call.kestra.from_json(re.sub(r"[\[\]]", "", unquote_plus(value)).split(","))
    return value


def _flat_filter(call: Call, name: str) -> Any:
    operator, field = _FLAT[name], _FIELDS.get(name, name)
    match name:
        case "labels":
            return query_filter(call, field, operator, parse_labels(call, call.query.getlist(name)))
        case "scope":
            return query_filter(call, field, operator, _scopes(call, split_values(call, name)))
        case "state":
            states = call.java("java.util.ArrayList")()
            for state in split_values(call, name):
                states.add(call.core("models.flows.State$Type").valueOf(state))
            return query_filter(call, field, operator, states)
        case "childFilter":
            kind = call.core("repositories.ExecutionRepositoryInterface$ChildFilter")
            return query_filter(call, field, operator, kind.valueOf(call.query[name]))
        case _:
            return query_filter(call, field, operator, call.query[name])


def _scopes(call: Call, names: list[str]) -> Any:
    scopes = call.java("java.util.ArrayList")()
    for name in names:
        try:
            scopes.add(call.core("models.flows.FlowScope").valueOf(name.upper()))
        except call.java("java.lang.IllegalArgumentException"):
            raise Refusal(422, f"Invalid FlowScope value: {name}", reason="Illegal argument") from None
    return scopes


def _refuse_flat(names: list[str]) -> Refusal:
    message = (
        f"Legacy filter parameter(s) [{', '.join(names)}] are no longer supported and would have been silently "
        f"ignored. Use the bracket format instead, e.g. filters[{names[0]}][EQUALS]=value."
    )
    return Refusal(422, message, reason="Illegal argument")
