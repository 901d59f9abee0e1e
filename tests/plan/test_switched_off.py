"""What becomes of a trigger that was switched off beside the text, or in it, or both, whatever the file does next.

How each version treats the switch: docs/triggers.md; that the engines do: tests/cli/scheduled.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from plan.literals import TASKS, World, key, meaning

from deployer.model.change import Action, Change
from deployer.model.policy import OnDisabled, OnDrift, Policy
from deployer.model.trigger import TriggerState
from deployer.plan import Scope

HEAD = "id: hello\nnamespace: company.team\n"
SCHEDULE = "io.kestra.plugin.core.trigger.Schedule"
OFF = TriggerState("company.team", "hello", "daily", disabled=True)
LINES = ("1.x", "2.x")
ENABLE, REFUSE = Policy(on_disabled=OnDisabled.ENABLE), Policy(on_disabled=OnDisabled.REFUSE)


def trigger(name: str = "daily", cron: str = "@daily", more: str = "") -> str:
    return f'  - id: {name}\n    type: {SCHEDULE}\n    cron: "{cron}"\n{more}'


def flow(*triggers: str, tasks: str = TASKS) -> str:
    return f"{HEAD}{tasks}triggers:\n{''.join(triggers)}" if triggers else f"{HEAD}{tasks}"


FILE = flow(trigger())
STOPPED = flow(trigger(more="    disabled: true\n"))
OTHER = TASKS.replace("hello", "good day")
EDITS = {
    "another task": flow(trigger(), tasks=OTHER),
    "another cron": flow(trigger(cron="@hourly")),
    "another trigger": flow(trigger(), trigger("more")),
    "another id": flow(trigger("nightly")),
    "another id and cron": flow(trigger("nightly", "@hourly")),
}
GONE = flow(tasks=OTHER)


def switched_off(line: str) -> World:
    """A world in which a flow was deployed, and then its trigger switched off beside the text."""
    world = World({"hello": FILE})
    world.deploy()
    world.states = (replace(OFF, follows=line == "2.x"),)
    return world


def only(world: World, policy: Policy | None = None) -> Change:
    [change] = world.plan(policy).changes
    return change


def disabled(body: str) -> set[str]:
    """The triggers of a text that say that they are disabled."""
    return {each["id"] for each in meaning(body).get("triggers", ()) if each.get("disabled") is True}


@pytest.mark.parametrize("line", LINES)
def test_nothing_is_written_for_it(line: str) -> None:
    change = only(switched_off(line))
    assert (change.action, change.off, change.stops) == (Action.KEEP, ("daily",), ())
    assert change.reason == "the trigger `daily` stays disabled"


@pytest.mark.parametrize(
    ("line", "edit", "off", "stops"),
    [
        ("1.x", "another task", ("daily",), ()),
        ("1.x", "another cron", ("daily",), ()),
        ("1.x", "another trigger", ("daily",), ()),
        ("1.x", "another id", (), ("nightly",)),
        ("1.x", "another id and cron", (), ("nightly",)),
        ("2.x", "another task", ("daily",), ()),
        ("2.x", "another cron", ("daily",), ()),
        ("2.x", "another trigger", ("daily",), ()),
        ("2.x", "another id", (), ("nightly",)),
        ("2.x", "another id and cron", (), ("nightly",)),
    ],
)
def test_it_is_left_where_the_server_keeps_it_and_written_into_the_text_where_not(
    line: str, edit: str, off: tuple[str, ...], stops: tuple[str, ...]
) -> None:
    world = switched_off(line)
    world.files["hello"] = EDITS[edit]
    change = only(world)
    assert (change.action, change.off, change.stops) == (Action.UPDATE, off, stops)
    assert change.desired
    assert disabled(str(change.desired.body)) == set(stops)
    assert change.desired.wanted == EDITS[edit]
    assert "stays disabled" in change.reason


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize("how", ["in the text", "both"])
def test_what_the_text_says_stays_in_the_text(line: str, edit: str, how: str) -> None:
    world = switched_off(line)
    world.states = world.states if how == "both" else ()
    world.server["hello"].append(STOPPED)
    world.files["hello"] = EDITS[edit]
    change = only(world)
    stopped = {"nightly"} if "another id" in edit else {"daily"}
    assert change.desired
    assert (change.action, disabled(str(change.desired.body)), change.off) == (Action.UPDATE, stopped, ())


@pytest.mark.parametrize("line", LINES)
def test_a_trigger_that_is_gone_is_said(line: str) -> None:
    world = switched_off(line)
    world.files["hello"] = GONE
    change = only(world)
    assert (change.off, change.stops) == ((), ())
    assert change.reason == "the trigger `daily` was disabled, and the file has no such trigger any more"


def test_of_several_new_triggers_the_one_that_says_the_same_is_the_renamed_one() -> None:
    world = switched_off("1.x")
    world.files["hello"] = flow(trigger("hourly", "@hourly"), trigger("nightly"))
    assert only(world).stops == ("nightly",)


def test_where_none_says_the_same_all_of_its_type_stay_disabled() -> None:
    world = switched_off("1.x")
    hook = "  - id: hook\n    type: io.kestra.plugin.core.trigger.Webhook\n    key: abc\n"
    world.files["hello"] = flow(trigger("hourly", "@hourly"), trigger("weekly", "@weekly"), hook)
    assert only(world).stops == ("hourly", "weekly")


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("text", [FILE, EDITS["another task"], EDITS["another cron"]])
def test_the_policy_enables_it(line: str, text: str) -> None:
    world = switched_off(line)
    world.files["hello"] = text
    change = only(world, ENABLE)
    assert change.action is (Action.ENABLE if text == FILE else Action.UPDATE)
    assert (change.enables, change.off, change.stops) == (("daily",), (), ())
    assert change.reason == "the trigger `daily` is enabled again"


@pytest.mark.parametrize("line", LINES)
def test_a_file_that_says_that_it_is_not_disabled_enables_it(line: str) -> None:
    world = switched_off(line)
    world.files["hello"] = flow(trigger(more="    disabled: false\n"))
    change = only(world)
    assert (change.action, change.enables) == (Action.UPDATE, ("daily",))
    assert change.reason == "the trigger `daily` is enabled again"


@pytest.mark.parametrize("line", LINES)
def test_a_file_that_says_that_it_is_disabled_needs_no_words(line: str) -> None:
    world = switched_off(line)
    world.files["hello"] = STOPPED
    change = only(world)
    assert (change.action, change.enables, change.off, change.reason) == (Action.UPDATE, (), (), "")


@pytest.mark.parametrize("edit", ["another task", "another cron"])
@pytest.mark.parametrize("line", LINES)
def test_the_policy_may_refuse(line: str, edit: str) -> None:
    world = switched_off(line)
    assert only(world, REFUSE).held == ""  # nothing is written
    world.files["hello"] = EDITS[edit]
    assert only(world, REFUSE).held == "the trigger `daily` was disabled on the server"


def test_an_edit_that_is_written_over_leaves_it_off() -> None:
    world = switched_off("2.x")
    world.server["hello"].append(flow(trigger(cron="@weekly")))
    change = only(world, Policy(OnDrift.OVERWRITE))
    assert (change.action, change.off) == (Action.UPDATE, ("daily",))


@pytest.mark.parametrize("line", LINES)
def test_a_flow_that_was_deleted_comes_back_with_it(line: str) -> None:
    world = switched_off(line)
    world.files["hello"] = EDITS["another task"]
    world.deploy()
    assert world.ledger.entries[key()].off == ("daily",)
    del world.server["hello"]
    change = only(world)
    assert (change.action, change.stops) == (Action.CREATE, ("daily",))
    assert change.reason == "it was deleted on the server since it was deployed; the trigger `daily` stays disabled"
    world.states = ()
    world.deploy()
    assert (only(world).action, only(world).stops) == (Action.KEEP, ("daily",))


def test_a_flow_that_was_deleted_comes_back_enabled_if_that_is_asked_for() -> None:
    world = switched_off("1.x")
    world.files["hello"] = EDITS["another task"]
    world.deploy()
    del world.server["hello"]
    assert only(world, ENABLE).stops == ()


def test_what_is_deleted_with_it_is_said_and_refused() -> None:
    world = switched_off("1.x")
    del world.files["hello"]
    scope = Scope(most=1.0)
    [change] = world.plan(None, scope).changes
    assert (change.action, change.off) == (Action.PRUNE, ("daily",))
    assert "the trigger `daily`, which was disabled on the server, goes with it" in change.reason
    [change] = world.plan(REFUSE, scope).changes
    assert change.held == "it was disabled on the server"


def test_a_text_that_cannot_say_it_is_held() -> None:
    world = World({"hello": FILE})
    world.deploy()
    world.states = (replace(OFF, follows=True),)
    odd = f'{HEAD}{TASKS}triggers:\n  - ? id\n    : nightly\n    type: {SCHEDULE}\n    cron: "@hourly"\n'
    world.files["hello"] = odd
    assert only(world).held == "the trigger `nightly` cannot be kept disabled in this text"


@pytest.mark.parametrize("line", LINES)
def test_a_switch_of_a_trigger_that_the_text_has_not_counts_for_nothing(line: str) -> None:
    world = switched_off(line)
    world.states = (replace(world.states[0], trigger="old"),)
    assert (only(world).off, only(world).reason) == ((), "")
