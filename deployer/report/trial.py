"""What a trial found: for a person, a line for each promise as it is judged and an end; for programs, one document.

The document is described by `docs/trial.schema.json`.
"""

from __future__ import annotations

import json

from deployer.model.result import Server
from deployer.model.trial import Judged, Trial, Verdict
from deployer.report.count import plural
from deployer.report.lines import Text, render

VERSION = 1
"""Grows when a field changes its meaning or goes away; a new field alone does not change it."""

_MARKS = {Verdict.KEPT: ("✓", "green"), Verdict.BROKEN: ("✗", "red"), Verdict.NOT_JUDGED: ("-", "yellow")}


def head(server: Server, namespace: str, *, color: bool = False) -> str:
    """Return the line that says which server is on trial."""
    words = f"{server.url} · Kestra {server.version} · tenant {server.tenant} · namespace {namespace}"
    return render([Text(words, style="bold")], color=color)


def promise(judged: Judged, *, color: bool = False) -> str:
    """Return the lines of one promise: what differs is below it."""
    mark, style = _MARKS[judged.verdict]
    words = f"  {judged.promise}"
    line = Text(f"  {mark} {judged.step:<8}", style=style).append(words, style="default")
    line.append(f" ({plural(judged.requests, 'request')}, {judged.seconds:.1f} s)", style="dim")
    return render([line, *_found(judged)], color=color)


def closing(trial: Trial, *, color: bool = False) -> str:
    """Return the end: what differs from what is promised, once more, and how many promises are kept."""
    lines = []
    broken = trial.of(Verdict.BROKEN)
    if broken:
        lines.append(Text("What differs from what is promised", style="bold"))
        for judged in broken:
            lines.append(Text(f"  {judged.step}: {judged.promise}", style="red"))
            lines += _found(judged)
    lines.append(Text(f"{'Interrupted. ' if trial.interrupted else ''}{_sentence(trial)}", style="bold"))
    return render(lines, color=color)


def document(trial: Trial) -> str:
    """Return the document with a newline at its end."""
    server, error = trial.server, trial.error
    data = {
        "version": VERSION,
        "command": "trial",
        "server": {"url": server.url, "version": server.version, "tenant": server.tenant} if server else None,
        "namespace": trial.namespace,
        "read_only": trial.read_only,
        "promises": [_promise(judged) for judged in trial.promises],
        "left": list(trial.left),
        "error": {"message": str(error), "hint": error.hint} if error else None,
        "interrupted": trial.interrupted,
        "seconds": round(trial.seconds, 3),
        "exit_code": int(trial.exit_code),
    }
    return json.dumps(data, indent=2) + "\n"


def _promise(judged: Judged) -> dict[str, object]:
    return {
        "step": judged.step,
        "promise": judged.promise,
        "verdict": judged.verdict,
        "found": list(judged.found),
        "hint": judged.hint,
        "requests": judged.requests,
        "seconds": round(judged.seconds, 3),
    }


def _found(judged: Judged) -> list[Text]:
    lines = [Text(f"      {line}") for found in judged.found for line in found.splitlines()]
    return [*lines, Text("      hint: ", style="cyan").append(judged.hint, style="default")] if judged.hint else lines


def _sentence(trial: Trial) -> str:
    broken, unjudged = len(trial.of(Verdict.BROKEN)), len(trial.of(Verdict.NOT_JUDGED))
    words = [f"{plural(len(trial.of(Verdict.KEPT)), 'promise')} kept", f"{broken} broken"]
    words += [f"{unjudged} not judged"] if unjudged else []
    return f"{', '.join(words)}. ({trial.seconds:.1f} s)"
