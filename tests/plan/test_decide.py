"""What is decided about one flow, from its file, what is live and what was deployed last."""

from __future__ import annotations

from dataclasses import replace

import pytest
from kinds.notes import Notes
from kinds.notes import key as note
from plan.literals import TRIGGERS, World, key, meaning, text

from deployer.kinds.flow.stops import stops, write
from deployer.model.change import Action, Change, Plan, Standing
from deployer.model.ledger import Entry, Ledger, digest
from deployer.model.policy import OnDisabled, OnDrift, Policy
from deployer.model.resource import FLOW, Resource
from deployer.parsing.parse import parse
from deployer.plan import Scope
from deployer.plan.prune import prunes

OLD, NEW = text(tail="description: old\n"), text(tail="description: new\n")
KEEP, OVERWRITE = Policy(OnDrift.KEEP), Policy(OnDrift.OVERWRITE)


def only(plan: Plan) -> Change:
    [change] = plan.changes
    return change


def deployed(*texts: str) -> World:
    """A world in which a flow was deployed, text after text."""
    world = World()
    for each in texts:
        world.files["hello"] = each
        world.deploy()
    return world


def told(change: Change) -> tuple[Action, Standing, bool]:
    return change.action, change.standing, change.writes


def test_what_is_not_there_is_created() -> None:
    assert told(only(World({"hello": OLD}).plan())) == (Action.CREATE, Standing.ABSENT, True)


def test_what_we_deployed_last_is_left_alone_and_updated_where_the_file_changed() -> None:
    world = deployed(OLD)
    assert told(only(world.plan())) == (Action.KEEP, Standing.SAME, False)
    world.files["hello"] = NEW
    assert told(only(world.plan())) == (Action.UPDATE, Standing.OURS, True)


def test_a_changed_comment_is_an_update() -> None:
    world = deployed(OLD)
    world.files["hello"] = OLD + "# why\n"
    assert told(only(world.plan())) == (Action.UPDATE, Standing.OURS, True)


def test_an_edit_on_the_server_is_drift_and_by_default_refused() -> None:
    world = deployed(OLD)
    world.server["hello"].append(text(tail="description: edited\n"))
    change = only(world.plan())
    assert told(change) == (Action.UPDATE, Standing.DRIFTED, False)
    assert "edited on the server" in change.held
    assert told(only(world.plan(KEEP))) == (Action.KEEP, Standing.DRIFTED, False)
    assert told(only(world.plan(OVERWRITE))) == (Action.UPDATE, Standing.DRIFTED, True)


def test_what_somebody_else_deployed_is_foreign_and_by_default_refused() -> None:
    world = World({"hello": NEW}, {"hello": [OLD]})
    assert told(only(world.plan())) == (Action.UPDATE, Standing.FOREIGN, False)
    assert told(only(world.plan(OVERWRITE))) == (Action.UPDATE, Standing.FOREIGN, True)


def test_an_edit_that_equals_the_file_is_no_drift() -> None:
    world = deployed(OLD)
    world.server["hello"].append(NEW)
    world.files["hello"] = NEW
    change = only(world.plan())
    assert told(change) == (Action.KEEP, Standing.SAME, False)
    assert change.takes


def test_what_a_run_was_about_to_write_is_ours_though_it_was_cut_off() -> None:
    world = World({"hello": NEW})
    world.ledger = Ledger("project", pending={key(): Entry(digest(OLD), digest(OLD))})
    world.server["hello"] = [OLD]
    assert told(only(world.plan())) == (Action.UPDATE, Standing.OURS, True)


def test_what_was_deleted_on_the_server_is_created_again_and_said_to_be() -> None:
    world = deployed(OLD)
    del world.server["hello"]
    change = only(world.plan())
    assert told(change) == (Action.CREATE, Standing.ABSENT, True)
    assert "deleted on the server" in change.reason


@pytest.mark.parametrize(
    "live", [OLD.rstrip("\n"), OLD.replace("\n", "\r\n"), OLD.replace("message: hello", "message:   hello  ")]
)
def test_the_same_flow_in_other_layout_is_taken_over_without_a_write(live: str) -> None:
    world = World({"hello": OLD}, {"hello": [live]})
    change = only(world.plan())
    assert (told(change), change.takes) == ((Action.KEEP, Standing.LAYOUT, False), True)
    assert "other layout" in change.reason
    world.deploy()
    assert (told(only(world.plan())), only(world.plan()).takes) == ((Action.KEEP, Standing.OURS, False), False)
    world.files["hello"] = OLD + "# changed\n"
    assert told(only(world.plan())) == (Action.UPDATE, Standing.OURS, True)


def test_a_text_that_somebody_only_laid_out_anew_is_no_drift() -> None:
    world = deployed(OLD)
    world.server["hello"].append(OLD.replace("message: hello", 'message: "hello"'))
    change = only(world.plan())
    assert (told(change), change.takes) == ((Action.KEEP, Standing.LAYOUT, False), True)


def test_numbers_and_truths_are_not_the_same_whatever_python_says() -> None:
    world = World({"hello": text(tail="variables:\n  a: 1\n")}, {"hello": [text(tail="variables:\n  a: true\n")]})
    assert only(world.plan()).standing is Standing.FOREIGN


def test_texts_that_are_nested_too_deeply_to_be_compared_are_different() -> None:
    levels = 995
    deep = text(tail=f"variables: {'{a: ' * levels}1{'}' * levels}\n")
    world = World({"hello": deep}, {"hello": [deep + "# edited\n"]})
    assert told(only(world.plan())) == (Action.UPDATE, Standing.FOREIGN, False)
    assert only(World({"hello": deep}, {"hello": [deep]}).plan()).standing is Standing.SAME


STOPPED = text(tail="description: old\ndisabled: true\n")


class TestStops:
    """What an operator disabled stays disabled."""

    def test_a_stop_is_no_drift_and_nothing_is_written(self) -> None:
        world = deployed(OLD)
        world.server["hello"].append(STOPPED)
        change = only(world.plan())
        assert told(change) == (Action.KEEP, Standing.DISABLED, False)
        assert (change.stops, change.reason) == (("",), "the flow stays disabled")

    def test_new_text_is_deployed_with_the_stop_kept(self) -> None:
        world = deployed(OLD)
        world.server["hello"].append(STOPPED)
        world.files["hello"] = NEW
        assert world.deploy() == {"hello": "update"}
        assert meaning(world.server["hello"][-1]) == {**meaning(NEW), "disabled": True}
        assert "description: new" in world.server["hello"][-1]
        change = only(world.plan())
        assert (told(change), change.takes) == ((Action.KEEP, Standing.OURS, False), False)
        world.files["hello"] = NEW + "# more\n"
        assert world.deploy() == {"hello": "update"}
        assert meaning(world.server["hello"][-1])["disabled"] is True

    def test_a_stopped_trigger_is_kept_so_too(self) -> None:
        world = deployed(OLD + TRIGGERS)
        world.server["hello"].append((OLD + TRIGGERS).replace("- id: daily", "- id: daily\n    disabled: true"))
        world.files["hello"] = NEW + TRIGGERS
        change = only(world.plan())
        assert (change.stops, change.reason) == (("daily",), "the trigger `daily` stays disabled")
        world.deploy()
        assert meaning(world.server["hello"][-1])["triggers"][0]["disabled"] is True

    def test_each_line_that_is_sent_is_known_to_come_from_one_of_the_file(self) -> None:
        world = deployed(OLD + TRIGGERS)
        both = (OLD + TRIGGERS).replace("- id: daily", "- id: daily\n    disabled: true") + "disabled: true\n"
        world.server["hello"].append(both)
        world.files["hello"] = NEW + TRIGGERS
        sent = world.plan().changes[0].desired
        assert sent
        assert sent.wanted == NEW + TRIGGERS
        lines, file = str(sent.body).splitlines(), str(sent.wanted).splitlines()
        assert len(sent.lines) == len(lines) == len(file) + 2
        for number, line in enumerate(lines, 1):
            ours = file[sent.sent.line(number) - 1]
            assert line == ours or "disabled: true" in line or line.strip() in ours

    @pytest.mark.parametrize("mark", ["", "\ufeff"])
    @pytest.mark.parametrize(
        "written",
        [
            OLD,
            "{id: hello, namespace: company.team, tasks: []}",
            "  id: hello\n  namespace: company.team",
            "? id\n: hello\nnamespace: company.team\n",
            "  ? id\n  : hello\n  namespace: company.team",
            "# hello\n---\nid: hello\nnamespace: company.team\n...\n",
            "id: hello\rnamespace: company.team\r",
            "id: hello\nnamespace: company.team\ndescription: |+\n  keeps its last lines\n\n",
            OLD + TRIGGERS,
            "? id\n: hello\nnamespace: company.team\n" + TRIGGERS,
        ],
    )
    def test_a_stop_can_be_written_into_nearly_every_text(self, written: str, mark: str) -> None:
        document, _ = parse("hello.yaml", mark + written)
        assert document
        for wanted in ([""], ["", "daily"], ["daily"]):
            if "daily" in wanted and TRIGGERS not in written:
                continue
            sent = write(document, wanted, meaning)
            assert sent
            assert set(stops(document.data, meaning(sent.text))) == set(wanted)
            assert sent.text.startswith(mark)
            assert "\ufeff" not in sent.text.removeprefix(mark)
            assert len(sent.text.splitlines()) == len(sent.lines)

    def test_a_text_that_takes_no_stop_is_kept_while_nothing_changes_and_then_held(self) -> None:
        odd = "? id\n: hello\nnamespace: company.team\n...\n"
        world = deployed(odd)
        world.server["hello"].append("disabled: true\n" + odd)
        change = only(world.plan())
        assert (told(change), change.held) == ((Action.KEEP, Standing.DISABLED, False), "")
        world.files["hello"] = odd.replace("...", "labels: {a: b}\n...")
        assert only(world.plan()).held == "the flow cannot be kept disabled in this text"

    def test_a_file_that_says_otherwise_enables(self) -> None:
        world = deployed(OLD)
        world.server["hello"].append(STOPPED)
        world.files["hello"] = OLD + "disabled: false\n"
        change = only(world.plan())
        assert (told(change), change.reason) == ((Action.UPDATE, Standing.DISABLED, True), "the flow is enabled again")

    def test_a_stop_of_a_trigger_that_is_gone_means_nothing(self) -> None:
        world = deployed(OLD + TRIGGERS)
        world.server["hello"].append((OLD + TRIGGERS).replace("- id: daily", "- id: daily\n    disabled: true"))
        world.files["hello"] = NEW
        assert world.deploy() == {"hello": "update"}
        assert world.server["hello"][-1] == NEW

    def test_the_policy_may_enable_or_refuse(self) -> None:
        world = deployed(OLD)
        world.server["hello"].append(STOPPED)
        world.files["hello"] = NEW
        refused = only(world.plan(Policy(on_disabled=OnDisabled.REFUSE)))
        assert (refused.writes, refused.held) == (False, "the flow was disabled on the server")
        assert world.deploy(Policy(on_disabled=OnDisabled.ENABLE)) == {"hello": "update"}
        assert world.server["hello"][-1] == NEW

    def test_an_edit_besides_the_stop_is_drift(self) -> None:
        world = deployed(OLD)
        world.server["hello"].append(STOPPED.replace("old", "edited"))
        assert only(world.plan()).standing is Standing.DRIFTED

    def test_when_an_operator_starts_it_again_it_is_started(self) -> None:
        world = deployed(OLD)
        world.server["hello"].append(STOPPED)
        world.deploy()
        assert world.ledger.entries[key()].stops == ("",)
        world.server["hello"].append(OLD)
        world.deploy()
        assert (world.ledger.entries[key()].stops, world.server["hello"][-1]) == ((), OLD)


ALL = Scope(most=1.0)
"""Where all may be deleted: these worlds have one flow."""


class TestPrune:
    """Deletions: only of ours, only within what was looked at, never a guess."""

    def test_what_no_file_declares_any_more_is_deleted_only_if_asked_for(self) -> None:
        world = deployed(OLD)
        world.files.clear()
        assert world.plan().changes == ()
        assert told(only(world.plan(prune=ALL))) == (Action.PRUNE, Standing.OURS, True)
        assert world.deploy(prune=ALL) == {"hello": "prune"}
        assert (world.server, world.ledger.entries) == ({}, {})

    def test_what_we_never_deployed_is_never_deleted(self) -> None:
        world = World({}, {"hello": [OLD]})
        assert world.plan(prune=Scope()).changes == ()

    @pytest.mark.parametrize(
        ("scope", "why"),
        [
            (Scope(declared={key(): "flows/.hello.YAML declares it"}), "declares it"),
            (Scope(empty=True), "nothing at all"),
            (Scope(), "all that the project deployed"),
            (Scope(unread=True), "could not be read"),
            (Scope(protected=("company",)), "protected"),
            (Scope(most=0), "--max-prune allows 0"),
        ],
    )
    def test_what_is_held_back_says_why(self, scope: Scope, why: str) -> None:
        world = deployed(OLD)
        world.files.clear()
        assert why in only(world.plan(prune=scope)).held

    def test_what_lay_elsewhere_is_not_looked_at(self) -> None:
        world = deployed(OLD)
        world.files.clear()
        assert world.plan(prune=Scope(within=("flow", "flows/other"))).changes == ()
        assert len(world.plan(prune=Scope(within=("flows",))).changes) == 1
        assert len(world.plan(prune=Scope(within=("flows/hello.yaml",))).changes) == 1

    def test_one_rule_is_for_all_kinds_that_are_read_and_others_are_left_alone(self, notes: Notes) -> None:
        world = deployed(OLD)
        world.files.clear()
        file = note("script")
        entries = {**world.ledger.entries, file: Entry(digest("x"), digest("x"), file="files/script.py")}
        decider = replace(world.decider(), ledger=replace(world.ledger, entries=entries))
        live = {key(): Resource(key(), OLD, revision=1), file: Resource(file, "x")}
        every = prunes(decider, (), live, Scope(kinds=frozenset({FLOW, notes.name}), most=1.0))
        assert [(change.key, change.action, change.held) for change in every] == [
            (key(), Action.PRUNE, ""),
            (file, Action.PRUNE, ""),
        ]
        assert [change.key for change in prunes(decider, (), live, Scope(kinds=frozenset({FLOW})))] == [key()]

    def test_what_is_deleted_is_known_by_what_it_calls_and_whether_it_has_triggers(self) -> None:
        call = "  - id: call\n    type: io.kestra.plugin.core.flow.Subflow\n"
        call += "    namespace: company.team\n    flowId: below\n"
        world = deployed(text(tail=call + TRIGGERS))
        world.files.clear()
        change = only(world.plan(prune=ALL))
        assert (change.needs, change.alone) == (frozenset({key("below")}), True)

    def test_what_was_edited_since_is_deleted_only_where_overwriting_is_allowed(self) -> None:
        world = deployed(OLD)
        world.files.clear()
        world.server["hello"].append(NEW)
        assert "edited" in only(world.plan(prune=Scope())).held
        assert only(world.plan(OVERWRITE, ALL)).writes

    @pytest.mark.parametrize(("every", "allowed"), [(100, 10), (30, 6), (9, 1), (4, 1), (2, 1)])
    def test_a_fifth_of_what_is_deployed_may_be_deleted_and_no_more_than_ten(self, every: int, allowed: int) -> None:
        world = World({f"f{n}": text(f"f{n}") for n in range(every)})
        world.deploy()
        for count, held in ((allowed, False), (allowed + 1, True)):
            world.files = {f"f{n}": text(f"f{n}") for n in range(count, every)}
            pruned = [change for change in world.plan(prune=Scope()).changes if change.action is Action.PRUNE]
            assert (len(pruned), any(change.held for change in pruned)) == (count, held)

    def test_what_the_server_did_not_show_is_not_gone(self) -> None:
        world = deployed(OLD)
        world.files.clear()
        world.server.clear()
        change = only(world.plan(prune=Scope(unknown={key(): "answered 500"})))
        assert (change.action, change.takes) == (Action.KEEP, False)
        assert change.reason == "whether it is there is not known: answered 500"

    def test_what_is_gone_already_is_forgotten(self) -> None:
        world = deployed(OLD)
        world.files.clear()
        world.server.clear()
        assert world.deploy(prune=Scope()) == {}
        assert world.ledger.entries == {}
