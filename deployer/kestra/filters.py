"""Filters of searches."""

from __future__ import annotations

import os
from collections.abc import Collection


def prefix_filter(namespaces: Collection[str]) -> dict[str, str]:
    """Return the filter for the common prefix of these namespaces, which also matches others; none if it is empty.

    `IN` and `EQUALS` make H2 read the newest revisions once per row: 4 to 11 s for 300 flows on real servers, 0.04 to
    0.2 s with this filter or none. On PostgreSQL there is no difference.
    """
    shared = os.path.commonprefix([*namespaces])  # noqa: RUF071  (of names, not of paths)
    return {"filters[namespace][STARTS_WITH]": shared} if shared else {}
