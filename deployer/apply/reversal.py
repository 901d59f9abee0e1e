"""Decides what takes back what a run has written: from what became of each change, and what is live now. Pure.

Only what is still as this run wrote it is taken back. A write without a clear answer may have been carried out all the
same, so that what is live counts then. What another user was faster with is theirs, though it is what this run wanted.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from deployer.kinds import kind_of
from deployer.model.change import Action, Change
from deployer.model.live import Live
from deployer.model.resource import Key, Resource
from deployer.model.result import Outcome, Status
from deployer.model.rollback import WAYS, Reversal, Way

_THEIRS = {
    Action.CREATE: "another user created it with this text, before this run could",
    Action.PRUNE: "another user deleted it, before this run could",
}
_SAME = "another user wrote this text, before this run did"
ONLY_DRAFT = "only a draft of it was there before, and Kestra has no way back from a published text to that"


def is_tried(outcome: Outcome) -> bool:
    """Whether a run may have written something for a change."""
    refused = outcome.status is Status.FAILED and outcome.theirs
    return outcome.change.writes and outcome.status is not Status.SKIPPED and not refused


def reverse(outcomes: Iterable[Outcome], live: Live) -> list[Reversal]:
    """Return what takes back each change that a run has made, in their order; of what it did not write, nothing."""
    tried = (outcome for outcome in outcomes if is_tried(outcome))
    found = (_reverse(each, live.resources.get(each.change.key), live.unreadable) for each in tried)
    return [each for each in found if each]


def _reverse(outcome: Outcome, now: Resource | None, unreadable: Mapping[Key, str]) -> Reversal | None:
    """Return what takes back one change; None where it failed, and what it would have written is not there."""
    change = outcome.change
    now = kind_of(change.key).describe(now) if now else None
    before = None if change.action is Action.CREATE else change.live
    back = Change(_action(before, now), change.key, replace(before, origin=change.origin) if before else None, now)
    reversal = Reversal(way=WAYS[change.action], change=back)
    failed, broken = outcome.status is Status.FAILED, unreadable.get(change.key)
    if outcome.theirs and (broken or not is_before(reversal, now)):
        return replace(reversal, change=replace(back, held=_THEIRS.get(change.action, _SAME)))
    if broken:
        return replace(reversal, impossible=f"the server does not show it: {broken}")
    if is_before(reversal, now):
        return None if failed else replace(reversal, is_done=True)
    if not _is_as_written(change, now):
        return None if failed else replace(reversal, change=replace(back, held=_name_edit(change, now)))
    return reversal if before is None else _keep_stops(change, reversal, before, now)


def _action(before: Resource | None, now: Resource | None) -> Action:
    if before is None:
        return Action.PRUNE
    return Action.UPDATE if now else Action.CREATE


def is_before(reversal: Reversal, now: Resource | None) -> bool:
    """Whether what is live now is what was there before the run, or what was to be put back in its place."""
    wanted = reversal.change.desired
    if wanted is None or now is None:
        return wanted is now
    same = now.body == wanted.body and now.draft == wanted.draft
    if reversal.way is not Way.DISABLE:
        return same
    return same and not (set(reversal.disables or _off(wanted, wanted)) - {*_off(now, wanted)})


def _is_as_written(change: Change, now: Resource | None) -> bool:
    """Whether what is live is what this run has written."""
    if change.action is Action.PRUNE or now is None:
        return change.action is Action.PRUNE and now is None
    if change.action is Action.ENABLE:
        return change.live is not None and (now.body, now.draft) == (change.live.body, change.live.draft)
    return change.desired is not None and now.body == change.desired.body and now.draft is None


def _name_edit(change: Change, now: Resource | None) -> str:
    """Return in words what another user did since this run wrote."""
    if now is None:
        return "it was deleted on the server since this run wrote it"
    revision = f", as revision {now.revision}" if now.revision else ""
    if change.action is Action.PRUNE:
        return f"it was created anew on the server since this run deleted it{revision}"
    if now.draft is not None and change.desired and now.body == change.desired.body:
        return f"a draft of it was saved on the server since this run wrote it{revision}"
    return f"it was edited on the server since this run wrote it{revision}"


def _keep_stops(change: Change, reversal: Reversal, before: Resource, now: Resource | None) -> Reversal:
    """Return what takes a change back, so that what was disabled before the run, or since, is not on for a moment.

    What is switched off stays so by itself where the trigger is in both texts, and is switched off first where this run
    has enabled it. A trigger that is only in the former text begins anew, so that its stop is written into that.
    """
    if kind_of(change.key).is_unpublished(before):
        return replace(reversal, impossible=ONLY_DRAFT)
    disables, off, written = _fates(change, before, now)
    back = replace(reversal.change, off=off)
    if written:
        kind, names = kind_of(change.key), " and ".join(f"the trigger `{name}`" for name in written)
        former = back.desired or before
        lasts = {*kind.lasting_stops(written, kind.meaning(before.body))} == {*written}
        sent = kind.write_stops(former, written) if lasts else None
        if sent is None:
            return replace(reversal, impossible=f"{names} cannot be kept disabled in its former text")
        back = replace(
            back, desired=former.with_stops(sent), stops=written, reason=f"{names}: disabled in the text now"
        )
    return replace(reversal, change=back, disables=disables)


def _fates(
    change: Change, before: Resource, now: Resource | None
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Return which triggers are switched off first, which stay off beside the text, and which only in the text."""
    was_off = _off(before, before)
    if now is None:
        return (), (), was_off
    kind, is_off = kind_of(change.key), _off(now, before)
    meanings = kind.meaning(now.body), kind.meaning(before.body)
    written = tuple(name for name in was_off if not kind.stays_off(name, now, *meanings))
    disables = tuple(name for name in was_off if name in change.enables and name not in (*is_off, *written))
    since = (name for name in is_off if name not in was_off and name in kind.switched_off(now, meanings[0]))
    kept = (name for name in was_off if name in (*is_off, *disables) and name not in written)
    return disables, tuple(sorted({*since, *kept})), written


def _off(resource: Resource, text: Resource) -> tuple[str, ...]:
    """Return what of a text is switched off beside it, by the states of a resource."""
    kind = kind_of(resource.key)
    return kind.switched_off(resource, kind.meaning(text.body))


def why_not(change: Change, missed: Collection[Key], reversals: Mapping[Key, Reversal]) -> str:
    """Return why something is not put back, as something else could not be; empty where it is.

    Nothing is deleted that what stays still calls, and nothing is put back that would call what is not there.
    """
    stays = (reversals[key].change for key in sorted({*missed} & reversals.keys()))
    if change.action is Action.PRUNE:
        callers = [each.key.path for each in stays if each.live and change.key in each.live.needs]
        return f"not deleted: {' and '.join(callers)} still calls it" if callers else ""
    gone = [each.key.path for each in stays if each.key in change.needs and not each.live and not each.held]
    return f"not tried: it calls {' and '.join(gone)}, which could not be put back" if gone else ""
