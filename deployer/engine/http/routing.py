"""Chooses the row that answers a request, by path, method and the media types of `Accept` and `Content-Type`.

It follows the router of Kestra's web server (the source of Micronaut's `DefaultRouter`, and recorded answers of genuine
servers): a row that does not produce an accepted type is no candidate, so another row with a matching path may answer
in its place. Pure; the text of a refusal is in `app`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from urllib.parse import unquote

from deployer.engine.http.exchange.media import ANYTHING
from deployer.engine.http.exchange.route import Route
from deployer.model.resource import MAIN

_ROOT = "/api/v1/"
_WITH_BODY = ("POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_ALIASED = re.compile(r"/api/v1/(?!main/|configs$)")


@dataclass(frozen=True, slots=True)
class Criteria:
    """The parts of a request that decide which row answers it. `path` is as sent; media types have no parameters."""

    method: str
    path: str
    accepted: tuple[str, ...]  # best first; empty for anything
    content_type: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """The row that answers, and the parameters of its path."""

    route: Route
    parameters: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Miss:
    """Why no row answers: the types that are consumed (415) or produced (406), or the methods of the path (405)."""

    consumable: tuple[str, ...] = ()
    producible: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Row:
    route: Route

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        return re.compile(re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", self.route.template) + "/?")

    @cached_property
    def rank(self) -> tuple[int, int]:
        """How specific its path is: the most literal characters come first, then the fewest parameters."""
        literal = re.sub(r"{\w+}", "", self.route.template)
        return -len(literal), self.route.template.count("{")

    def match(self, path: str) -> Match | None:
        found = self.pattern.fullmatch(path)
        return Match(self.route, {name: unquote(value) for name, value in found.groupdict().items()}) if found else None

    def consumes(self, content_type: str) -> bool:
        return not content_type or ANYTHING in self.route.consumes or content_type in self.route.consumes

    def produces(self, accepted: Sequence[str]) -> bool:
        return not accepted or ANYTHING in accepted or any(kind in self.route.produces for kind in accepted)


class Router:
    """The rows of one version of Kestra."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._rows = sorted(map(_Row, routes), key=lambda row: row.rank)
        self._alike: dict[tuple[str, int], list[_Row]] = defaultdict(list)  # of two hundred rows, about ten
        for row in self._rows:
            self._alike[row.route.method, _depth(row.route.template)].append(row)

    @property
    def routes(self) -> list[Route]:
        """The rows, the most specific path first."""
        return [row.route for row in self._rows]

    def find(self, criteria: Criteria) -> Match | Miss:
        """Return the row that answers. If no row has the path, try it again as a path of the tenant `main`."""
        found = self._closest(criteria)
        if found is None and _ALIASED.match(criteria.path):
            found = self._closest(replace(criteria, path=criteria.path.replace(_ROOT, f"{_ROOT}{MAIN}/", 1)))
        return found or self._miss(criteria)

    def _closest(self, criteria: Criteria) -> Match | None:
        rows = [
            row
            for row in self._alike.get((_as_get(criteria.method), _depth(criteria.path)), ())
            if (criteria.method not in _WITH_BODY or row.consumes(criteria.content_type))
            and row.produces(criteria.accepted)
            and row.match(criteria.path)
        ]
        if len(rows) > 1 and criteria.accepted:  # prefer rows that produce the best type, whatever their paths
            rows = [row for row in rows if criteria.accepted[0] in row.route.produces] or rows
        if len(rows) > 1 and criteria.method in _WITH_BODY:
            rows = [row for row in rows if (criteria.content_type or ANYTHING) in row.route.consumes] or rows
        return rows[0].match(criteria.path) if rows else None

    def _miss(self, criteria: Criteria) -> Miss:
        fitting = [row for row in self._rows if row.match(criteria.path)]
        same = [row for row in fitting if row.route.method == _as_get(criteria.method)]
        consumable = [kind for row in same if not row.consumes(criteria.content_type) for kind in row.route.consumes]
        producible = [kind for row in same if not row.produces(criteria.accepted) for kind in row.route.produces]
        others = [row.route.method for row in fitting if row not in same]
        methods = [name for method in others for name in ((method, "HEAD") if method == "GET" else (method,))]
        return Miss(*(tuple(dict.fromkeys(each)) for each in (consumable, producible, methods)))


def parse_accept(header: str) -> tuple[str, ...]:
    """Return the media types of an `Accept`, best first: those without `*`, then by quality; `*/*` is last."""
    found = []
    for part in header.split(","):
        kind, *parameters = (each.strip() for each in part.split(";"))
        if "/" in kind:
            found.append((kind.lower(), _quality(parameters)))
    found.sort(key=lambda each: (each[0] == ANYTHING, each[0].endswith("/*"), -each[1]))
    return tuple(kind for kind, _ in found)


def _quality(parameters: Iterable[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "q":
            with suppress(ValueError):
                return float(value)
    return 1.0


def _depth(path: str) -> int:
    """Return the number of a path's segments, with or without a slash at its end."""
    return path.removesuffix("/").count("/")


def _as_get(method: str) -> str:
    return "GET" if method == "HEAD" else method
