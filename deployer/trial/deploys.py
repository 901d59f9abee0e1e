"""The life of a deploy: create, again, change, ledger, draft, drift, stop, prune."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from deployer.errors import ExitCode, KestraError, KestraNotFoundError
from deployer.kestra.flows import exported_as
from deployer.model.change import Action
from deployer.model.ledger import digest
from deployer.model.policy import OnDrift
from deployer.model.result import Status
from deployer.model.version import Dialect
from deployer.trial.ground import Ground, NotJudgedError, Ran, describe, difference
from deployer.trial.project import CHANGED, DASHES, LETTERS, PLAIN, other
from deployer.trial.reads import MOST, NO_LEDGER

PROBE = "kestra-deployer.trial-probe"
"""The key that is written to find out whether that is allowed."""
_EDITED = "edited by hand"


def key_value(ground: Ground) -> Iterator[str]:
    """Write a key, read it, delete it."""
    client, namespace, value = ground.client, ground.project.namespace, {"is": "Grüße 🙂", "of": [ground.project.mark]}
    if not ground.on_server:
        raise NotJudgedError("the server denies reading keys")
    ground.wrote = ground.probed = True
    try:
        client.set_key_value(namespace, PROBE, value)
        if (found := client.key_value(namespace, PROBE).value) != value:
            yield f"{value} was written, but {found} is read"
            ground.keep_in_file()
        client.delete_key_value(namespace, PROBE)
    except KestraError as error:
        ground.keep_in_file()
        yield f"{error}: {NO_LEDGER}"
        return
    try:
        client.key_value(namespace, PROBE)
    except KestraNotFoundError:
        return
    yield f"the key {PROBE} is still there after it was deleted"


def create(ground: Ground) -> Iterator[str]:
    """Deploy everything for the first time. Flows that could not be created are left out of later steps."""
    ran = ground.sync()
    yield from ran.differs()
    made = {each.change.key for each in ran.report.outcomes if each.status is Status.DONE and each.change.writes}
    ground.created = frozenset(name for name, key in ground.project.keys.items() if key in made)
    if missing := sorted(set(ground.project.keys) - ground.created):
        yield f"not created: {', '.join(ground.project.key(name).path for name in missing)}"
        for name in missing:
            ground.project.remove(name)


def texts(ground: Ground) -> Iterator[str]:
    """Read each text back."""
    for name, text in ground.project.texts.items():
        if name in ground.created:
            yield from ground.is_live(name, text)


def both_lists(ground: Ground) -> Iterator[str]:
    """Read all of them at once, with the two requests that every deploy uses to read live flows."""
    namespace, mark = ground.project.namespace, ground.traffic.count
    keys = {name: ground.project.key(name) for name in ground.created}
    exported = ground.client.export_flows_by_query([namespace])
    asked = describe(ground.traffic.since(mark))
    for name, key in sorted(keys.items()):
        text, found = ground.project.text(name), exported.get(exported_as(namespace, key.name))
        if found is None:
            yield f"{key.path} is not in the export ({asked})"
        elif found != text:
            yield f"{key.path} is different in the export: {difference(text, found)}"
    searched = {flow.id for flow in ground.client.search_flows([namespace])}
    if lost := sorted({key.name for key in keys.values()} - searched):
        yield f"the search does not find {', '.join(lost)}"


def again(ground: Ground) -> Iterator[str]:
    """Deploy the same once more."""
    ran = ground.sync()
    yield from ran.differs()
    yield from _expect_no_writes(ran)
    if ran.reads > MOST:
        yield f"it took {ran.reads} requests: {describe(ran.exchanges)}"


def change(ground: Ground) -> Iterator[str]:
    """Change one file and deploy."""
    ground.needs(CHANGED)
    text = ground.project.change(CHANGED, "good day")
    ran = ground.sync()
    yield from ran.differs()
    yield from _written_once(ran, "PUT")
    yield from ground.is_live(CHANGED, text)


def ledger(ground: Ground) -> Iterator[str]:
    """Read the ledger."""
    if not ground.on_server:
        raise NotJudgedError("the server denies writing it; the next steps keep the ledger in a file")
    kept = ground.keeper.read()
    for name in sorted(ground.created):
        key = ground.project.key(name)
        entry = kept.entries.get(key)
        if entry is None:
            yield f"{key.path} is not in {ground.keeper.place}"
        elif entry.sent != digest(ground.project.text(name)):
            yield f"{key.path} is in {ground.keeper.place} with a different source"
    if kept.lease or any(ground.project.key(name) in kept.pending for name in ground.created):
        yield f"{ground.keeper.place} still records a run in progress"


def draft(ground: Ground) -> Iterator[str]:
    """Save a draft of a flow, and deploy the unchanged file."""
    if ground.client.server().dialect is Dialect.V1:
        raise NotJudgedError("Kestra 1.x has no drafts")
    ground.needs(LETTERS)
    key, text = ground.project.key(LETTERS), other(ground.project.text(LETTERS), "a draft")
    if not ground.client.save_draft(key.namespace, key.name, text).draft:
        yield "the server published the draft"
        ground.client.update_flow(key.namespace, key.name, ground.project.text(LETTERS))  # so the next steps are judged
        return
    ran = ground.sync()
    yield from ran.differs()
    yield from _expect_no_writes(ran)
    live = ground.live(LETTERS)
    if not live.draft or live.source != text:
        yield f"the draft of {key.path} is gone"


def find_edit(ground: Ground) -> Iterator[str]:
    """Edit a flow as a person would, and look for drift."""
    ground.needs(PLAIN)
    key, text = ground.project.key(PLAIN), _edit(ground)
    ground.client.update_flow(key.namespace, key.name, text)
    ran = ground.drift()
    yield from ran.differs(ExitCode.DRIFT)
    found = [change.key.path for change in ran.report.plan.drifted] if ran.report.plan else []
    if found != [key.path]:
        yield f"{key.path} was edited, but {', '.join(found) or 'nothing'} is reported"


def refuse(ground: Ground) -> Iterator[str]:
    """Deploy over the edit without --on-drift."""
    ran = ground.sync()
    yield from ran.differs(ExitCode.REFUSED)
    yield from _expect_no_writes(ran)
    yield from ground.is_live(PLAIN, _edit(ground))


def keep(ground: Ground) -> Iterator[str]:
    """Deploy and keep the edit."""
    ran = ground.sync(on_drift=OnDrift.KEEP)
    yield from ran.differs()
    yield from _expect_no_writes(ran)
    yield from ground.is_live(PLAIN, _edit(ground))


def overwrite(ground: Ground) -> Iterator[str]:
    """Deploy over the edit."""
    ran = ground.sync(on_drift=OnDrift.OVERWRITE)
    yield from ran.differs()
    yield from _written_once(ran, "PUT")
    yield from ground.is_live(PLAIN, ground.project.text(PLAIN))


def stop(ground: Ground) -> Iterator[str]:
    """Disable a flow as Kestra's UI does, and deploy a change of its file."""
    ground.needs(CHANGED)
    key = ground.project.key(CHANGED)
    ground.client.disable_flows_by_ids([(key.namespace, key.name)])
    if not ground.live(CHANGED).disabled:
        yield f"{key.path} is not disabled, although the server said so"
    message = "after the stop"
    ground.project.change(CHANGED, message)
    ran = ground.sync()
    yield from ran.differs()
    yield from _written_once(ran, "PUT")
    live = ground.live(CHANGED)
    if not live.disabled:
        yield f"{key.path} is enabled again, although it was disabled on the server"
    if f"message: {message}" not in (live.source or ""):
        yield f"the change of {key.path} was not deployed"
    yield from _expect_no_writes(ground.sync())


def prune(ground: Ground) -> Iterator[str]:
    """Remove a file, and deploy with --prune."""
    ground.needs(DASHES)
    key, text = ground.project.key(DASHES), ground.project.remove(DASHES)
    ran = ground.sync(prune=True)
    yield from ran.differs()
    yield from _written_once(ran, "DELETE")
    going = [each.change.key for each in ran.report.outcomes if each.change.action is Action.PRUNE]
    if going != [key]:
        yield f"{key.path} should have been deleted, but {', '.join(each.path for each in going) or 'nothing'} was"
    file = Path(ran.report.saved) / str(key.kind) / key.namespace / f"{key.name}.yaml"
    if not ran.report.saved or not file.is_file() or file.read_bytes().decode() != text:
        yield f"there is no backup of {key.path}"
    found = {flow.id for flow in ground.client.search_flows([key.namespace])}
    if key.name in found:
        yield f"{key.path} is still there"
    left = {ground.project.key(name).name for name in ground.created} - {key.name}
    if lost := sorted(left - found):
        yield f"also gone: {', '.join(lost)}"


def _edit(ground: Ground) -> str:
    return other(ground.project.text(PLAIN), _EDITED)


def _expect_no_writes(ran: Ran) -> Iterator[str]:
    if ran.writes:
        yield f"something was written: {describe(ran.writes)}"


def _written_once(ran: Ran, method: str) -> Iterator[str]:
    if [each.method for each in ran.flow_writes] != [method]:
        yield f"expected exactly one {method} of a flow, but there were: {describe(ran.flow_writes)}"
