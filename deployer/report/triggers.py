"""What is scheduled: a table for a person, one document for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from deployer.model.result import Server
from deployer.model.trigger import TriggerState
from deployer.report.count import plural
from deployer.report.lines import Text, render

VERSION = 1
"""Grows when a field changes its meaning or goes away; a new field alone does not change it."""

_HEAD = ("NEXT", "FLOW", "TRIGGER", "TYPE", "STATE")
_STYLES = {"off": "yellow", "locked": "cyan", "backfill": "cyan", "not declared": "red"}


def table(server: Server, states: Iterable[TriggerState], *, color: bool = False) -> str:
    """Return a line for each trigger: those that are scheduled first, by date, then those that are off."""
    rows = in_order(states)
    cells = [_HEAD, *(_cells(each) for each in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(_HEAD))]
    lines = [Text(f"{server.url} · Kestra {server.version} · tenant {server.tenant}", style="bold")]
    if rows:
        lines.append(Text(_row(cells[0], widths), style="bold"))
    for row, state in zip(cells[1:], rows, strict=True):
        lines.append(Text(_row(row, widths), style=_STYLES.get(words(state)[0], "")))
    return render([*lines, Text(_sentence(rows), style="bold")], color=color)


def document(server: Server, states: Iterable[TriggerState]) -> str:
    """Return the document with a newline at its end."""
    data = {
        "version": VERSION,
        "command": "triggers",
        "server": {"url": server.url, "version": server.version, "tenant": server.tenant},
        "triggers": [_trigger(state) for state in in_order(states)],
    }
    return json.dumps(data, indent=2) + "\n"


def in_order(states: Iterable[TriggerState]) -> list[TriggerState]:
    """Return the states by their next dates; without a date, and off, last."""
    return sorted(states, key=lambda state: (state.disabled, not state.next, state.next, state.path))


def words(state: TriggerState) -> tuple[str, ...]:
    """Return what a state is called: `on` if there is nothing else to say."""
    found = (
        ("off", state.disabled),
        ("locked", state.locked),
        ("backfill paused" if state.paused else "backfill", bool(state.backfill)),
        ("not declared", not state.declared),
    )
    return tuple(word for word, applies in found if applies) or ("on",)


def _cells(state: TriggerState) -> tuple[str, ...]:
    following = "" if state.disabled else state.next  # 2.x keeps the date of one that is off
    return (following or "-", state.flow_path, state.trigger, state.type.rpartition(".")[2] or "-", _state(state))


def _state(state: TriggerState) -> str:
    found = ", ".join(words(state))
    return f"{found} (execution {state.execution})" if state.execution else found


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()


def _sentence(states: Sequence[TriggerState]) -> str:
    if not states:
        return "No trigger has a state."
    counts = ((sum(word in words(each) for each in states), word) for word in ("off", "locked", "backfill"))
    found = [f"{number} {word}" for number, word in counts if number]
    return ", ".join([plural(len(states), "trigger"), *found]) + "."


def _trigger(state: TriggerState) -> dict[str, object]:
    return {
        "namespace": state.namespace,
        "flow": state.flow,
        "trigger": state.trigger,
        "type": state.type or None,
        "next": state.next or None,
        "last": state.last or None,
        "disabled": state.disabled,
        "locked": state.locked,
        "execution": state.execution or None,
        "backfill": {"end": state.backfill, "paused": state.paused} if state.backfill else None,
        "declared": state.declared,
    }
