"""`page`, `size` and `sort` of a search, as Kestra's web server reads them: pages count from 1."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from deployer.engine.http.exchange.refusal import Refusal, invalid

if TYPE_CHECKING:
    from deployer.engine.http.exchange.call import Call

_SORT_PARTS = 2


def pageable(call: Call, method: str, column: Callable[[str], Any] = str) -> Any:
    """Return the requested page as the engine's Pageable.

    `method` is Kestra's name for the search, used in messages; `column` maps a sort key to the engine's column.
    Raises Refusal (422) for a page or size below 1, a size above Kestra's limit, or a sort that is not `key:direction`.
    """
    page, size = _positive(call, method, "page", 1), _positive(call, method, "size", 10)
    largest = call.runtime.largest_page
    if largest is not None and size > largest:
        raise invalid(f"{method}.size", f"must be less than or equal to {largest}")
    orders = call.java("java.util.ArrayList")()
    for sort in split_values(call, "sort"):
        orders.add(_order(call, sort, column))
    pages = call.java("io.micronaut.data.model.Pageable")
    if orders.isEmpty():
        return pages.from_(page, size)
    return pages.from_(page, size, call.java("io.micronaut.data.model.Sort").of(orders))


def split_values(call: Call, name: str) -> list[str]:
    """Return every value of a list parameter, which may be repeated or separated by commas."""
    return [each for value in call.query.getlist(name) for each in value.split(",") if each]


def _positive(call: Call, method: str, name: str, default: int) -> int:
    value = call.number(name)
    if value is not None and value < 1:
        raise invalid(f"{method}.{name}", "must be greater than or equal to 1")
    return default if value is None else value


def _order(call: Call, sort: str, column: Callable[[str], Any]) -> Any:
    parts = sort.split(":")
    if len(parts) != _SORT_PARTS:
        raise Refusal(422, "Invalid sort parameter", reason="Unprocessable Entity")
    order = call.java("io.micronaut.data.model.Sort$Order")
    return order.asc(column(parts[0])) if parts[1] == "asc" else order.desc(column(parts[0]))
