"""Pages are read as one list, and a deletion meanwhile hides nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count

import pytest
from cli.scheduled.operators import flow, schedule
from engine.processes import eventually
from proxy import proxy

from deployer.engine.process.launch import RunningEngine
from deployer.errors import KestraError
from deployer.kestra.answers import Page
from deployer.kestra.client import KestraClient
from deployer.kestra.operations import SEARCH_FLOWS
from deployer.kestra.paging import read_pages
from deployer.settings import Settings

SIZE = 2
Deletes = Callable[[list[int], int], None]


def reading(stored: list[int], after: Deletes) -> Callable[[int], tuple[Page, Sequence[int]]]:
    """Read pages of a list, from which something is deleted after each request."""
    requests = count(1)

    def read(number: int) -> tuple[Page, Sequence[int]]:
        results = stored[(number - 1) * SIZE : number * SIZE]
        page = Page(tuple(results), len(stored))
        after(stored, next(requests))
        return page, results

    return read


def delete_first(stored: list[int], request: int) -> None:
    if request == 1:
        stored.pop(0)


def test_what_a_deletion_moves_to_a_page_that_was_read_is_found() -> None:
    assert read_pages(SEARCH_FLOWS, reading([1, 2, 3, 4, 5], delete_first)) == ([2, 3, 4, 5], 4)
    assert read_pages(SEARCH_FLOWS, reading([1, 2, 3, 4, 5], delete_first), size=SIZE) == ([2, 3, 4, 5], 4)


def test_what_is_stored_meanwhile_is_no_reason_to_begin_anew() -> None:
    requests = []

    def store(stored: list[int], request: int) -> None:
        requests.append(request)
        if request == 1:
            stored.insert(0, 0)

    found, total = read_pages(SEARCH_FLOWS, reading([1, 2, 3], store))
    assert ({*found}, total) == ({1, 2, 3}, 4)
    assert requests == [1, 2]


def test_where_something_is_deleted_each_time_it_is_an_error() -> None:
    def delete(stored: list[int], _: int) -> None:
        stored.pop(0)

    with pytest.raises(KestraError, match="GET flows/search: results were deleted while the pages were read, 3 times"):
        read_pages(SEARCH_FLOWS, reading([*range(20)], delete))


@pytest.mark.parametrize("size", [None, SIZE])
def test_no_more_pages_are_read_than_are_wanted(size: int | None) -> None:
    assert read_pages(SEARCH_FLOWS, reading([1, 2, 3, 4, 5], lambda _, __: None), most=2, size=size)[0] == [1, 2, 3, 4]


def test_no_trigger_is_missed_of_a_flow_that_moves_to_the_page_before(scheduling: RunningEngine, tenant: str) -> None:
    names = [f"f{number}" for number in range(5)]
    yearly = schedule("yearly", "0 0 0 1 1 *")
    with (
        proxy(scheduling.url) as between,
        KestraClient(Settings(host=between.url, tenant=tenant)) as client,
        KestraClient(Settings(host=scheduling.url, tenant=tenant)) as other,
    ):
        for name in names:
            other.create_flow(flow(name, yearly), namespace="company.team", id=name)
        assert eventually(lambda: len(other.search_triggers()) == len(names))
        searches = count(1)

        def meanwhile(_: int, request: str) -> None:
            if "triggers/search" in request and next(searches) == 2:
                other.delete_flow("company.team", "f0")
                assert eventually(lambda: len(other.search_triggers()) == len(names) - 1)

        with between.failing(meanwhile):
            found = {state.flow for state in client.search_triggers(size=SIZE)}
    assert found >= {*names[1:]}
