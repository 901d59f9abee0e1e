"""What is judged, and why what is live is not what was deployed."""

from __future__ import annotations

import pytest

from deployer.health.subjects import of_outcomes, of_plan, written
from deployer.model.change import Action, Change, Plan, Standing
from deployer.model.health import Condition, Subject, Symptom, verdict
from deployer.model.ledger import Entry, Ledger
from deployer.model.live import Live
from deployer.model.resource import FLOW, Key, Resource
from deployer.model.result import Outcome, Status

KEY = Key(FLOW, "a.b", "hello")
FILE = Resource(KEY, "new", origin="flows/hello.yaml")
LIVE = Resource(KEY, "live", revision=3)
ENTRY = Entry("", "", revision=2)


def subject(change: Change, entry: Entry | None = ENTRY) -> Subject:
    [found] = of_plan(Plan((change,), ""), Ledger("p", entries={KEY: entry} if entry else {}))
    return found


@pytest.mark.parametrize("standing", [Standing.SAME, Standing.OURS, Standing.LAYOUT])
def test_a_known_text_is_what_was_deployed_whatever_the_file_says_now(standing: Standing) -> None:
    found = subject(Change(Action.UPDATE, KEY, FILE, LIVE, standing=standing))
    assert (found.body, found.wrong, found.origin) == ("live", "", "flows/hello.yaml")


@pytest.mark.parametrize(
    ("standing", "live", "entry", "says"),
    [
        (Standing.ABSENT, None, ENTRY, "it was deleted on the server since it was deployed"),
        (Standing.ABSENT, None, None, "it is not on the server: deploy it"),
        (Standing.DRIFTED, LIVE, ENTRY, "it was edited on the server since it was deployed as revision 2"),
        (Standing.FOREIGN, LIVE, None, "the server has another text of it than flows/hello.yaml"),
        (Standing.DRAFT, Resource(KEY, "", draft="x"), None, "only a draft of it is on the server"),
        (Standing.UNREADABLE, LIVE, ENTRY, "the server cannot read it: because: deploy it with another text"),
    ],
)
def test_what_is_not_what_was_deployed_is_said(
    standing: Standing, live: Resource | None, entry: Entry | None, says: str
) -> None:
    held = "the server cannot read it: because" if standing is Standing.UNREADABLE else ""
    found = subject(Change(Action.UPDATE, KEY, FILE, live, standing=standing, held=held), entry)
    assert says in found.wrong
    assert verdict(found, ()).condition is Condition.DEGRADED


def test_what_an_operator_disabled_is_meant_only_where_the_ledger_has_it() -> None:
    change = Change(Action.KEEP, KEY, FILE, LIVE, standing=Standing.DISABLED, stops=("", "daily"))
    found = subject(change, Entry("", "", stops=("daily",)))
    assert (found.stopped, found.kept) == (("",), ("daily",))


def test_what_is_to_be_deleted_is_not_judged() -> None:
    assert of_plan(Plan((Change(Action.PRUNE, KEY, None, LIVE),), ""), Ledger("p")) == []


def test_only_what_was_written_is_looked_at() -> None:
    change = Change(Action.UPDATE, KEY, FILE, LIVE)
    done = Outcome(change, Status.DONE, revision=4)
    others = (
        Outcome(change, Status.FAILED),
        Outcome(change, Status.SKIPPED),
        Outcome(Change(Action.KEEP, KEY, FILE, LIVE), Status.DONE),
        Outcome(Change(Action.PRUNE, KEY, None, LIVE), Status.DONE),
    )
    assert written([*others, done]) == [done]


@pytest.mark.parametrize(
    ("live", "says"),
    [
        (Live({KEY: Resource(KEY, "new", revision=4)}), ""),
        (Live({KEY: Resource(KEY, "new", revision=9)}), ""),
        (Live(), "it is not on the server any more, though this run wrote it"),
        (Live({KEY: Resource(KEY, "other", revision=5)}), "another text of it is on the server, as revision 5"),
        (Live({KEY: Resource(KEY, "", revision=5, draft="new")}), "only a draft of it is on the server"),
        (Live({}, {KEY: "because"}), "the server cannot read it any more: because"),
    ],
)
def test_what_was_written_is_held_against_what_is_live(live: Live, says: str) -> None:
    change = Change(Action.UPDATE, KEY, FILE, LIVE, stops=("daily",))
    [found] = of_outcomes([Outcome(change, Status.DONE, revision=4)], live)
    assert says in found.wrong
    assert bool(found.wrong) == bool(says)
    assert found.kept == ("daily",)


def test_a_verdict_is_as_bad_as_the_worst_symptom() -> None:
    there = Subject(KEY, "live")
    unknown, degraded = (Symptom(each, str(each)) for each in (Condition.UNKNOWN, Condition.DEGRADED))
    said = Symptom(Condition.HEALTHY, "a backfill")
    assert verdict(there, ()).condition is Condition.HEALTHY
    assert not verdict(there, ()).is_notable
    assert verdict(there, (said,)).condition is Condition.HEALTHY
    assert verdict(there, (said,)).is_notable
    assert verdict(there, (said, unknown)).condition is Condition.UNKNOWN
    assert verdict(there, (unknown, degraded)).reasons == ("unknown", "degraded")
    assert verdict(there, (unknown, degraded)).condition is Condition.DEGRADED
