"""What takes a change back, from what became of it and what is live now; what was off beside a text is off again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from deployer.apply.reversal import reverse
from deployer.model.change import Action, Change
from deployer.model.live import Live
from deployer.model.resource import FLOW, Key, Resource
from deployer.model.result import Outcome, Status
from deployer.model.rollback import Reversal
from deployer.model.trigger import TriggerState

KEY = Key(FLOW, "company.team", "hello")
TASKS = "tasks:\n  - id: say\n    type: io.kestra.plugin.core.log.Log\n    message: {message}\n"


def trigger(name: str = "daily", cron: str = "@daily", more: str = "") -> str:
    return f'  - id: {name}\n    type: io.kestra.plugin.core.trigger.Schedule\n    cron: "{cron}"\n{more}'


def flow(*triggers: str, message: str = "hello") -> Resource:
    head = f"id: hello\nnamespace: company.team\n{TASKS.format(message=message)}"
    return Resource(KEY, f"{head}triggers:\n{''.join(triggers)}" if triggers else head, revision=3)


def state(name: str = "daily", *, off: bool = True) -> TriggerState:
    return TriggerState("company.team", "hello", name, disabled=off, follows=True)


def seen(resource: Resource, *states: TriggerState) -> Resource:
    return replace(resource, states=states)


def taken_back(
    change: Change, now: Resource | None, status: Status = Status.DONE, broken: str = "", *, theirs: bool = False
) -> Reversal | None:
    live = Live({KEY: now} if now else {}, {KEY: broken} if broken else {})
    return next(iter(reverse([Outcome(change, status, theirs=theirs)], live)), None)


BEFORE = flow(trigger())
AFTER = flow(trigger(), message="good day")
UPDATE = Change(Action.UPDATE, KEY, AFTER, BEFORE)
CREATE = Change(Action.CREATE, KEY, AFTER)
PRUNE = Change(Action.PRUNE, KEY, None, BEFORE)
EDITED = flow(message="edited")


@pytest.mark.parametrize(
    ("change", "now", "how", "body"),
    [
        (UPDATE, AFTER, ("revert", "update"), BEFORE.body),
        (CREATE, AFTER, ("delete", "prune"), None),
        (PRUNE, None, ("recreate", "create"), BEFORE.body),
    ],
    ids=["updated", "created", "deleted"],
)
@pytest.mark.parametrize("status", [Status.DONE, Status.FAILED])
def test_what_is_as_the_run_wrote_it_is_put_back_whatever_was_answered(
    change: Change, now: Resource | None, status: Status, how: tuple[str, str], body: str | None
) -> None:
    back = taken_back(change, now, status)
    assert back
    assert back.writes
    assert (back.way, back.change.action) == how
    assert (back.change.desired.body if back.change.desired else None) == body


@pytest.mark.parametrize(
    ("change", "before"), [(UPDATE, BEFORE), (CREATE, None), (PRUNE, BEFORE)], ids=["updated", "created", "deleted"]
)
def test_what_is_as_it_was_needs_no_write_and_a_failure_is_not_named_again(
    change: Change, before: Resource | None
) -> None:
    back = taken_back(change, before)
    assert back
    assert (back.is_done, back.writes) == (True, False)
    assert taken_back(change, before, Status.FAILED) is None
    assert taken_back(change, before, Status.SKIPPED) is None


@pytest.mark.parametrize(
    ("change", "now", "why"),
    [
        (UPDATE, EDITED, "it was edited on the server since this run wrote it, as revision 3"),
        (UPDATE, None, "it was deleted on the server since this run wrote it"),
        (
            UPDATE,
            replace(AFTER, draft="draft", revision=4),
            "a draft of it was saved on the server since this run wrote it, as revision 4",
        ),
        (CREATE, EDITED, "it was edited on the server since this run wrote it, as revision 3"),
        (PRUNE, EDITED, "it was created anew on the server since this run deleted it, as revision 3"),
    ],
)
def test_what_another_user_did_since_is_left(change: Change, now: Resource | None, why: str) -> None:
    back = taken_back(change, now)
    assert back
    assert (back.change.held, back.writes) == (why, False)
    assert taken_back(change, now, Status.FAILED) is None


@pytest.mark.parametrize("broken", ["", "no such type"])
@pytest.mark.parametrize(
    ("change", "now", "why"),
    [
        (CREATE, AFTER, "another user created it with this text, before this run could"),
        (UPDATE, AFTER, "another user wrote this text, before this run did"),
        (PRUNE, None, "another user deleted it, before this run could"),
    ],
    ids=["created", "updated", "deleted"],
)
def test_what_another_user_was_faster_with_is_left(change: Change, now: Resource | None, why: str, broken: str) -> None:
    back = taken_back(change, None if broken else now, broken=broken, theirs=True)
    assert back
    assert (back.change.held, back.writes) == (why, False)


@pytest.mark.parametrize(
    ("change", "before"), [(UPDATE, BEFORE), (CREATE, None), (PRUNE, BEFORE)], ids=["updated", "created", "deleted"]
)
def test_what_another_user_was_faster_with_and_has_put_back_is_as_it_was(
    change: Change, before: Resource | None
) -> None:
    back = taken_back(change, before, theirs=True)
    assert back
    assert (back.is_done, back.change.held) == (True, "")


@pytest.mark.parametrize("broken", ["", "no such type"])
@pytest.mark.parametrize(
    ("change", "now"), [(UPDATE, AFTER), (CREATE, AFTER), (PRUNE, None)], ids=["updated", "created", "deleted"]
)
def test_of_a_write_that_was_clearly_refused_nothing_is_taken_back(
    change: Change, now: Resource | None, broken: str
) -> None:
    assert taken_back(change, now, Status.FAILED, broken, theirs=True) is None


@pytest.mark.parametrize("status", [Status.DONE, Status.FAILED])
def test_what_the_server_does_not_show_is_not_touched_and_counts_as_not_put_back(status: Status) -> None:
    back = taken_back(CREATE, None, status, broken="no such type")
    assert back
    assert (back.impossible, back.writes) == ("the server does not show it: no such type", False)


def test_a_draft_beside_the_former_text_comes_back_and_only_a_draft_cannot() -> None:
    back = taken_back(replace(UPDATE, live=replace(BEFORE, draft="draft")), AFTER)
    assert back
    assert back.change.desired
    assert (back.change.desired.body, back.change.desired.draft) == (BEFORE.body, "draft")
    only = taken_back(replace(UPDATE, action=Action.PUBLISH, live=replace(BEFORE, body="", draft=AFTER.body)), AFTER)
    assert only
    assert "only a draft of it was there before" in only.impossible


def test_a_stop_in_the_former_text_is_there_again_to_the_letter() -> None:
    stopped = flow(trigger(more="    disabled: true\n"))
    back = taken_back(replace(UPDATE, live=stopped), AFTER)
    assert back
    assert back.change.desired
    assert (back.change.desired.body, back.change.off, back.disables) == (stopped.body, (), ())


@pytest.mark.parametrize("message", ["hello", "good day"])
def test_a_trigger_that_stayed_off_stays_off(message: str) -> None:
    after = flow(trigger(cron="@hourly"), message=message)
    change = replace(UPDATE, desired=after, live=seen(BEFORE, state()), off=("daily",))
    back = taken_back(change, seen(after, state()))
    assert back
    assert back.change.desired
    assert (back.change.desired.body, back.change.off, back.disables) == (BEFORE.body, ("daily",), ())


def test_a_trigger_that_the_run_enabled_is_switched_off_first() -> None:
    change = replace(UPDATE, live=seen(BEFORE, state()), enables=("daily",))
    back = taken_back(change, seen(AFTER, state(off=False)))
    assert back
    assert (back.change.off, back.disables) == (("daily",), ("daily",))
    enabled = Change(Action.ENABLE, KEY, BEFORE, seen(BEFORE, state()), enables=("daily",))
    back = taken_back(enabled, seen(BEFORE, state(off=False)))
    assert back
    assert (back.way, back.disables, back.writes) == ("disable", ("daily",), True)
    done = taken_back(enabled, seen(BEFORE, state()))
    assert done
    assert done.is_done


@pytest.mark.parametrize(
    ("before", "now", "off"),
    [(True, False, ()), (False, True, ("daily",))],
    ids=["on since", "off since"],
)
def test_what_an_operator_has_switched_since_stays_so(*, before: bool, now: bool, off: tuple[str, ...]) -> None:
    back = taken_back(replace(UPDATE, live=seen(BEFORE, state(off=before))), seen(AFTER, state(off=now)))
    assert back
    assert (back.change.off, back.disables) == (off, ())


def test_a_trigger_that_the_new_text_disables_is_on_again_with_the_former_one() -> None:
    after = flow(trigger(more="    disabled: true\n"))
    back = taken_back(replace(UPDATE, desired=after, live=seen(BEFORE, state(off=False))), seen(after, state()))
    assert back
    assert back.change.off == ()


@pytest.mark.parametrize(
    ("change", "now"),
    [
        (replace(UPDATE, desired=flow(), live=seen(BEFORE, state())), flow()),
        (replace(UPDATE, desired=flow(trigger("new")), live=seen(BEFORE, state())), seen(flow(trigger("new")))),
        (replace(PRUNE, live=seen(BEFORE, state())), None),
    ],
    ids=["removed", "renamed", "flow deleted"],
)
def test_a_trigger_that_begins_anew_is_disabled_in_its_text(change: Change, now: Resource | None) -> None:
    back = taken_back(change, now)
    assert back
    assert back.change.desired
    stopped = BEFORE.sent.text.replace("  - id: daily\n", "  - disabled: true\n    id: daily\n")
    assert back.change.desired.body == stopped
    assert (back.change.stops, back.change.off) == (("daily",), ())
    assert back.change.reason == "the trigger `daily`: disabled in the text now"


def test_one_that_says_itself_that_it_is_on_cannot_be_kept_off_so() -> None:
    said = flow(trigger(more="    disabled: false\n"))
    back = taken_back(replace(PRUNE, live=seen(said, state())), None)
    assert back
    assert back.impossible == "the trigger `daily` cannot be kept disabled in its former text"
