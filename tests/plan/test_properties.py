"""What holds of every plan, whatever the files, the server and the history."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from plan.literals import TRIGGERS, World, key, text

from deployer.model.change import Action
from deployer.model.policy import OnDisabled, OnDrift, Policy
from deployer.plan import Scope

NAMES = ("a", "b", "c")
TAILS = ("", "description: x\n", "description: y\n", "# a comment\n", "disabled: true\n", "disabled: false\n", TRIGGERS)
POLICIES = st.builds(Policy, st.sampled_from(OnDrift), st.sampled_from(OnDisabled))
TEXTS = st.tuples(st.sampled_from(TAILS), st.sampled_from(("", "# more\n")))


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """A world after some deploys, edits and stops by others, and with other files than before."""
    world = World()
    for _ in range(draw(st.integers(0, 4))):
        name = draw(st.sampled_from(NAMES))
        body = text(name, "".join(draw(TEXTS)))
        match draw(st.sampled_from(("file", "no file", "deploy", "edit", "delete", "stop"))):
            case "file":
                world.files[name] = body
            case "no file":
                world.files.pop(name, None)
            case "deploy":
                world.deploy(draw(POLICIES), draw(st.sampled_from((None, Scope()))))
            case "edit":
                world.server.setdefault(name, []).append(body)
            case "delete":
                world.server.pop(name, None)
            case "stop" if name in world.server and "disabled" not in world.server[name][-1]:
                world.server[name].append(world.server[name][-1] + "disabled: true\n")
    return world


@given(worlds(), POLICIES, st.sampled_from((None, Scope())))
def test_a_plan_that_was_carried_out_leaves_nothing_to_do(world: World, policy: Policy, prune: Scope | None) -> None:
    held = {change.key for change in world.plan(policy, prune).changes if change.held}
    world.deploy(policy, prune)
    again = world.plan(policy, prune)
    assert [change for change in again.changes if change.writes] == []
    assert {change.key for change in again.changes if change.held} == held
    assert [change for change in again.changes if change.takes and change.key not in held] == []


@given(worlds(), POLICIES)
def test_nothing_that_is_not_ours_is_ever_deleted(world: World, policy: Policy) -> None:
    before, owned = dict(world.server), set(world.ledger.entries)
    world.deploy(policy, Scope())
    gone = {key(name) for name in before if name not in world.server}
    assert gone <= owned
    assert not {each.name for each in gone} & set(world.files)


@given(worlds(), st.sampled_from(OnDisabled))
def test_what_somebody_else_wrote_is_never_written_over_unless_it_is_allowed(world: World, stops: OnDisabled) -> None:
    theirs = {change.key.name for change in world.plan(Policy(OnDrift.KEEP, stops)).changes if change.standing.drifts}
    before = {name: list(texts) for name, texts in world.server.items()}
    for policy in (OnDrift.KEEP, OnDrift.REFUSE):
        world.deploy(Policy(policy, stops), Scope())
        assert {name: world.server.get(name) for name in theirs} == {name: before[name] for name in theirs}


@given(worlds(), POLICIES)
def test_the_same_world_has_the_same_plan(world: World, policy: Policy) -> None:
    first = world.plan(policy, Scope())
    world.files = dict(reversed(world.files.items()))
    assert world.plan(policy, Scope()) == first


@given(worlds())
def test_what_is_stopped_stays_so(world: World) -> None:
    stopped = {
        change.key.name
        for change in world.plan(Policy(OnDrift.KEEP)).changes
        if "" in change.stops and change.action is not Action.PRUNE
    }
    world.deploy(Policy(OnDrift.KEEP))
    assert all("disabled: true" in world.server[name][-1] for name in stopped)
