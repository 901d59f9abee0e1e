"""What a deploy reads before it writes: nothing here changes the server."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from deployer.errors import KestraAccessError, KestraNotFoundError
from deployer.kestra.answers import StoredFlow
from deployer.kestra.flows import exported_as
from deployer.model.change import Action
from deployer.trial.ground import Ground, NotJudgedError, describe, difference

MOST = 4
"""The number of requests that read all live flows and the ledger."""
NO_LEDGER = (
    "without its ledger on the server a deploy needs `ledger: file:PATH`, kept between runs; otherwise it cannot tell "
    "edits from deploys, cannot keep flows disabled, and deletes nothing"
)
_EXPORT = "flows/export/by-query"
_FEW = 20  # flows; enough to compare, without reading thousands
_NOBODY = "kestra-deployer.trial"  # a key that does not exist


def version(ground: Ground) -> Iterator[str]:
    """Ask for the server's version."""
    if note := ground.client.server().note:
        yield note


def search(ground: Ground) -> Iterator[str]:
    """Search the flows of the tenant, one page."""
    ground.client.search_flows(pages=1)
    yield from ()


def export(ground: Ground) -> Iterator[str]:
    """Export a namespace, and compare with what the search finds there."""
    flows = _some(ground.client.search_flows(pages=1))
    if not flows:
        raise NotJudgedError("the search finds no flows yet: see `create`")
    mark = ground.traffic.count
    texts = ground.client.export_flows_by_query(sorted({flow.namespace for flow in flows}))
    asked = describe([each for each in ground.traffic.since(mark) if each.path == _EXPORT])
    missing = [flow for flow in flows if exported_as(flow.namespace, flow.id) not in texts]
    if missing:
        names = ", ".join(f"{flow.namespace}/{flow.id}" for flow in missing[:3])
        yield f"{len(missing)} of {len(flows)} flows that the search finds are not in the export ({asked}): {names}"
        return
    for flow in flows[:1]:
        source = ground.client.flow(flow.namespace, flow.id).source or ""
        exported = texts[exported_as(flow.namespace, flow.id)]
        if source != exported:
            yield f"{flow.namespace}/{flow.id} is different in the export: {difference(source, exported)}"


def _some(found: Sequence[StoredFlow]) -> list[StoredFlow]:
    """Return the valid flows of one namespace, preferably one with only a few."""
    sound = [flow for flow in found if not (flow.draft or flow.exception or flow.deleted)]
    counts = Counter(flow.namespace for flow in sound)
    if not counts:
        return []
    namespace = min(counts, key=lambda name: abs(counts[name] - _FEW))
    return [flow for flow in sound if flow.namespace == namespace]


def key_values(ground: Ground) -> Iterator[str]:
    """Read a missing key, in the namespaces of the trial's ledger and of the user's."""
    for namespace in dict.fromkeys((ground.project.namespace, ground.users_ledger)):
        if not namespace:
            continue
        try:
            ground.client.key_value(namespace, _NOBODY)
        except KestraNotFoundError:
            continue
        except KestraAccessError as error:
            if namespace == ground.project.namespace:
                ground.keep_in_file()
            yield f"{error}: {NO_LEDGER}"


def executions(ground: Ground) -> Iterator[str]:
    """Search executions."""
    ground.client.search_executions(namespace=ground.project.namespace, size=1)
    yield from ()


def rehearsal(ground: Ground) -> Iterator[str]:
    """Plan the first deploy: with the server's own verdict on every flow, and without writing."""
    ran = ground.sync(dry_run=True)
    yield from ran.differs()
    if ran.report.plan and any(change.action is not Action.CREATE for change in ran.report.plan.changes):
        yield "not every flow would be created: " + ", ".join(
            f"{change.key.path}: {change.action}" for change in ran.report.plan.changes
        )
    if ran.writes:
        yield f"something was written: {describe(ran.writes)}"
    if ran.reads > MOST:
        yield f"it took {ran.reads} requests: {describe(ran.exchanges)}"
