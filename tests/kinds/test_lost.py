"""Whose text a write went over, where its answer tells of a revision in between: asked of the real engine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from deployer.engine.process.launch import RunningEngine
from deployer.errors import KestraRefusedError
from deployer.kestra.client import KestraClient
from deployer.kinds.flow.writing import held_against, write
from deployer.model.change import Action, Change
from deployer.model.resource import FLOW, Key, Resource
from deployer.model.result import Written
from deployer.settings import Settings

KEY = Key(FLOW, "company.team", "a")


def text(message: str) -> str:
    task = f"  - id: t\n    type: io.kestra.plugin.core.log.Log\n    message: {message}\n"
    return f"id: a\nnamespace: company.team\ntasks:\n{task}"


OURS, THEIRS, OLD = text("ours"), text("theirs"), text("old")


@pytest.fixture
def client(engine: RunningEngine, tenant: str) -> Iterator[KestraClient]:
    with KestraClient(Settings(host=engine.url, tenant=tenant)) as client:
        yield client


def create(client: KestraClient, body: str) -> int | None:
    return client.create_flow(body, namespace="company.team", id="a").revision


def update(client: KestraClient, body: str) -> int | None:
    return client.update_flow("company.team", "a", body).revision


def test_an_update_that_nobody_overtook_loses_nothing(client: KestraClient) -> None:
    create(client, OLD)
    change = Change(Action.UPDATE, KEY, Resource(KEY, OURS), Resource(KEY, OLD, revision=1))
    assert write(client, change) == Written(2)


def test_an_update_over_somebodys_text_names_its_revision(client: KestraClient) -> None:
    create(client, OLD)
    update(client, text("before"))
    update(client, THEIRS)
    change = Change(Action.UPDATE, KEY, Resource(KEY, OURS), Resource(KEY, OLD, revision=1))
    assert write(client, change) == Written(4, lost=3)


def test_what_is_created_again_has_a_deletion_before_it(client: KestraClient) -> None:
    create(client, THEIRS)
    client.delete_flow("company.team", "a")
    assert write(client, Change(Action.CREATE, KEY, Resource(KEY, OURS))) == Written(3)


def test_of_two_creates_in_one_moment_the_first_is_what_was_lost(client: KestraClient) -> None:
    create(client, THEIRS)
    assert held_against(client, KEY, OURS, 0, update(client, OURS)) == Written(2, lost=1)


def test_two_revisions_of_our_text_are_no_loss_but_what_lies_before_them_is(client: KestraClient) -> None:
    create(client, OURS)
    update(client, OURS + "# more\n")
    twice = update(client, OURS)
    assert held_against(client, KEY, OURS + "# more\n", 1, twice) == Written(3, theirs=True)
    assert held_against(client, KEY, OURS + "# more\n", 0, twice) == Written(3, lost=1, theirs=True)


def test_a_revision_that_cannot_be_read_counts_as_somebodys(client: KestraClient) -> None:
    assert held_against(client, KEY, OURS, 1, 3) == Written(3, lost=2)


def test_what_is_there_with_our_text_before_we_create_or_delete_it_is_anothers(client: KestraClient) -> None:
    create(client, OURS)
    assert write(client, Change(Action.CREATE, KEY, Resource(KEY, OURS))) == Written(1, theirs=True)
    client.delete_flow("company.team", "a")
    assert write(client, Change(Action.PRUNE, KEY, None, Resource(KEY, OURS, revision=1))) == Written(theirs=True)


def test_a_refusal_says_that_nothing_was_written(client: KestraClient) -> None:
    create(client, THEIRS)
    with pytest.raises(KestraRefusedError) as caught:
        write(client, Change(Action.CREATE, KEY, Resource(KEY, OURS)))
    assert caught.value.undone
