"""What formats say of a smoke test, in the words of all of them."""

from __future__ import annotations

import json
import shlex

from deployer.model.request import Command, Request
from deployer.model.smoke import Checked, SmokeResult, TaskRun
from deployer.report.count import plural

_ARROW = " → "


def missed(smoke: SmokeResult) -> tuple[Checked, ...]:
    """Return the expectations that were not met."""
    return tuple(checked for checked in smoke.checked if not checked.passed)


def unsaid(smoke: SmokeResult) -> tuple[Checked, ...]:
    """Return the expectations that were not met, unless there is one only and the message says all of it."""
    found = missed(smoke)
    return () if len(found) == 1 and _is_said(found[0], smoke.message) else found


def expectation(checked: Checked, longest: int) -> str:
    """Return an expectation that was not met, such as `output total: expected 3, was 4 (it is wrong)`.

    Each part is cut to so many characters. Where nothing could be judged, only the reason is there.
    """
    what, message = cut(checked.what, longest), cut(checked.message, longest)
    if not checked.expected and not checked.actual:
        return f"{what}: {message or 'not as expected'}"
    expected, actual = (cut(value, longest) or "nothing" for value in (checked.expected, checked.actual))
    return f"{what}: expected {expected}, was {actual}" + (f" ({message})" if message else "")


def explain(smoke: SmokeResult, longest: int) -> str:
    """Return why a case did not pass: its message, the first expectation that was not met, and what goes on."""
    told = [smoke.message]
    first = next(iter(missed(smoke)), None)
    if first and not _is_said(first, smoke.message):
        told.append(expectation(first, longest))
    if smoke.left_running:
        told.append(f"it still runs: {smoke.url or smoke.execution}")
    return "; ".join(filter(None, told))


def _is_said(checked: Checked, message: str) -> bool:
    """Whether a message has what was expected and what was there: it is often made from the first expectation."""
    return all(each and each in message for each in (checked.expected, checked.actual))


def history(smoke: SmokeResult) -> str:
    """Return the states that the execution went through: `CREATED → RUNNING → FAILED`."""
    return _ARROW.join(smoke.states)


def task_run(run: TaskRun) -> str:
    """Return what became of a task: `each (b): FAILED in 1.2 s, 3 attempts`."""
    value = f" ({run.value})" if run.value else ""
    attempts = f", {plural(run.attempts, 'attempt')}" if run.attempts > 1 else ""
    return f"{run.task}{value}: {run.state} in {run.seconds:.1f} s{attempts}"


def effort(smoke: SmokeResult) -> str:
    """Return how long it took and, where it was retried, how often it was tried; empty where nothing was started."""
    if not smoke.execution:
        return ""
    return f"{smoke.seconds:.1f} s" + (f", {smoke.tries} tries" if smoke.tries > 1 else "")


def inputs(smoke: SmokeResult) -> str:
    """Return the inputs of the execution as JSON: files by their names, no secrets."""
    shown = {name: "***" if name in smoke.case.secrets else value for name, value in smoke.case.inputs.items()}
    return json.dumps(shown, default=lambda value: str(getattr(value, "name", value)), ensure_ascii=False)


def repeat(request: Request, smoke: SmokeResult) -> str:
    """Return the command that runs only this case: on an engine of its own, or on the server."""
    command = Command.TEST if request.command is Command.TEST else Command.SMOKE
    return shlex.join(["kestra-deployer", str(command), *map(str, request.paths), "-k", smoke.case.name])


def cut(text: str, longest: int) -> str:
    """Return the beginning of a text, of so many characters."""
    return text if len(text) <= longest else f"{text[:longest]}…"
