"""The judge of the SDK's tests: what it takes for proof, for nothing, for an excuse and for a failure."""

from __future__ import annotations

import pytest
from sdk.exclusions import Expected, Unserved
from sdk.published import published, without_columns
from sdk.run import Run
from sdk.suites import SUITES
from sdk.verdict import Kind, Verdict, judge, needless

SERVED = [("GET", "/api/v1/{tenant}/flows/{namespace}/{id}"), ("POST", "/api/v1/{tenant}/flows")]
ROW = Unserved("GET flows/export/by-ids", "not needed")
GRAPH = Unserved("GET flows/{namespace}/{id}/graph", "not needed")
KNOWN = Expected("known", "refused by a genuine server too")


def ran(outcome: str, *requests: str, why: str = "", test: str = "a") -> dict[str, Run]:
    return {test: Run(test, outcome, why, requests)}


def verdict_on(run: dict[str, Run], nothing: str = "failed") -> Verdict:
    (test,) = run
    (verdict,) = judge(run, ran(nothing, test=test), SERVED, (ROW, GRAPH, KNOWN))
    return verdict


CREATE, EXPORT = "POST /api/v1/main/flows", "GET /api/v1/main/flows/export/by-ids?x=1"


@pytest.mark.parametrize(
    ("run", "nothing", "kind"),
    [
        (ran("passed", CREATE), "failed", Kind.PROVES),
        (ran("passed", CREATE, EXPORT), "failed", Kind.PROVES),
        (ran("passed", CREATE), "passed", Kind.VACUOUS),
        (ran("passed"), "passed", Kind.NO_CALL),
        (ran("skipped"), "skipped", Kind.NO_CALL),
        (ran("skipped", CREATE), "skipped", Kind.FAILS),
        (ran("failed", why="E FileNotFoundError: x.yml"), "failed", Kind.NO_FILE),
        (ran("failed", CREATE, why="E FileNotFoundError: x.yml"), "failed", Kind.FAILS),
        (ran("failed", CREATE), "failed", Kind.FAILS),
        (ran("failed"), "failed", Kind.FAILS),
        (ran("expected", CREATE), "failed", Kind.FAILS),
        (ran("expected", CREATE, test="known"), "failed", Kind.EXPECTED),
        (ran("failed", CREATE, test="known"), "failed", Kind.FAILS),
        (ran("passed", CREATE, test="known"), "failed", Kind.PROVES),
        (ran("expected", why="E FileNotFoundError: x.yml"), "failed", Kind.NO_FILE),
        (ran("failed", CREATE, EXPORT), "failed", Kind.UNSERVED),
        (ran("failed", "POST /api/v1/main/flows/export/by-ids"), "failed", Kind.FAILS),
        (ran("failed", "GET /api/v1/main/flows/team/hello"), "failed", Kind.FAILS),
    ],
)
def test_a_test_is_judged_by_what_it_did(run: dict[str, Run], nothing: str, kind: Kind) -> None:
    assert verdict_on(run, nothing).kind is kind


def test_a_row_is_named_by_the_test_that_it_excuses() -> None:
    assert verdict_on(ran("failed", CREATE, "GET /api/v1/main/flows/team/hello/graph")).by is GRAPH


def test_a_row_that_excuses_nothing_is_needless() -> None:
    assert needless([verdict_on(ran("failed", EXPORT))], SERVED, (ROW, GRAPH)) == [GRAPH]


def test_a_row_for_a_test_that_passes_is_needless() -> None:
    assert needless([verdict_on(ran("passed", CREATE, test="known"))], SERVED, (KNOWN,)) == [KNOWN]
    assert needless([verdict_on(ran("expected", CREATE, test="known"))], SERVED, (KNOWN,)) == []


def test_a_row_whose_endpoint_is_served_is_needless() -> None:
    served = [*SERVED, ("GET", "/api/v1/{tenant}/flows/{ns}/{flow}/graph")]
    verdicts = [Verdict("a", Kind.UNSERVED, GRAPH), Verdict("b", Kind.UNSERVED, ROW)]
    assert needless(verdicts, served, (ROW, GRAPH)) == [GRAPH]


def test_what_is_published_counts_by_kind_and_by_row() -> None:
    verdicts = [Verdict("a", Kind.PROVES), Verdict("b", Kind.PROVES), Verdict("c", Kind.UNSERVED, ROW)]
    text = published({SUITES[0]: verdicts}, (ROW,))
    assert f"| {Kind.PROVES} | 2 |\n| {Kind.VACUOUS} | 0 |\n| {Kind.UNSERVED} | 1 |\n" in text
    assert "| `GET flows/export/by-ids` | not needed | 1 |\n" in text


def test_a_suite_that_was_not_run_has_no_column_to_compare() -> None:
    older, newest = SUITES
    one, both = {newest: [Verdict("c", Kind.UNSERVED, ROW)]}, {older: [], newest: [Verdict("c", Kind.UNSERVED, ROW)]}
    assert published(one, (ROW,)) in without_columns(f"# SDK\n\n{published(both, (ROW,))}", [older])
    assert published(one, (ROW,)) not in without_columns(published(both, (ROW,)), [newest])
