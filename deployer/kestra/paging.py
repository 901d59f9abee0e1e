"""Reads the pages of a search as one list, while the server goes on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from deployer.errors import KestraError
from deployer.kestra.answers import Page, items
from deployer.kestra.operations import Operation

_T = TypeVar("_T")
_TIMES = 3

LARGEST_PAGE = 1000
"""Results on a page of any search: 2.x refuses more (kestra-io/kestra pull request 17623)."""

ReadPage = Callable[[int], tuple[Page, Sequence[_T]]]
"""Requests the page of this number, the first is 1, and returns it with its results as they were read."""


def read_page(data: object, read: Callable[[object], _T]) -> tuple[Page, tuple[_T, ...]]:
    """Read the answer of any search, and each of its results with `read`."""
    page = Page.read(data)
    return page, items(list(page.results), read)


def read_pages(
    operation: Operation, read: ReadPage[_T], *, most: int | None = None, size: int | None = None
) -> tuple[list[_T], int]:
    """Return the results of all pages, or of the first `most`, and how many there are according to the server.

    Reads until there are as many results as the server says, or until an empty page. With `size`, the server counts
    results that it leaves out: then it reads as many pages of this size as the count needs.

    A deletion moves every later result forward, one of them to a page that was read before it came there. So, if the
    count falls meanwhile, all pages are read again. Raises KestraError if it falls every time.
    """
    for _ in range(_TIMES):
        if (found := _once(read, most, size)) is not None:
            return found
    raise KestraError(
        f"{operation.method} {operation.path}: results were deleted while the pages were read, {_TIMES} times in a row",
        method=operation.method,
        url=operation.path,
        hint="run it again when nothing is being deleted",
    )


def _once(read: ReadPage[_T], most: int | None, size: int | None) -> tuple[list[_T], int] | None:
    """Read every page once; return None if the count falls meanwhile."""
    found: list[_T] = []
    seen, number, total = 0, 1, 1
    while seen < total and (most is None or number <= most):
        page, results = read(number)
        if number > 1 and page.total < total:
            return None
        found += results
        total = page.total
        seen += size or len(page.results)
        number += 1
        if not (size or page.results):
            break
    return found, total
