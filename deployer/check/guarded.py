"""Runs checks so that an exception becomes a problem of the file that caused it; other files are checked as usual."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from deployer.check.base import Check, FlowFile, Folder
from deployer.model.document import Document
from deployer.model.problem import Problem

UNREAD = "unread-flow"
"""The problem of a flow that could not be read as the engine reads it; it belongs to no check."""


def problems(checks: Sequence[Check], folder: Folder) -> Iterator[Problem]:
    """Yield what each check finds, and a problem that names the check for each file that makes it fail."""
    for check in checks:
        try:
            yield from check.problems(folder)
        except Exception:  # noqa: BLE001  no exception of a check may end the run
            yield from _one_by_one(check, folder)
    for flow in folder.flows:
        if flow.fault:
            yield _failure(UNREAD, flow.document, flow.fault, "this flow cannot be read as Kestra reads it")


def _one_by_one(check: Check, folder: Folder) -> Iterator[Problem]:
    """Yield a problem for each file that makes a check fail, and what it finds in the others."""
    sound: list[FlowFile] = []
    for flow in folder.flows:
        try:
            check.problems(replace(folder, flows=[flow], whole=False))
        except Exception as error:  # noqa: BLE001
            yield _failure(check.name, flow.document, error, f"the check `{check.name}` fails on this file")
        else:
            sound.append(flow)
    try:
        yield from check.problems(replace(folder, flows=sound, whole=folder.whole and len(sound) == len(folder.flows)))
    except Exception as error:  # noqa: BLE001
        yield _failure(check.name, None, error, f"the check `{check.name}` fails on these files together")


def _failure(check: str, document: Document | None, error: Exception, what: str) -> Problem:
    span = document.marks.at(()) if document else None
    file = document.file if document else None
    off = f"`checks: {{{check}: off}}` in kestra-deployer.yaml turns it off"
    if isinstance(error, RecursionError):
        hint = f"nest less deeply: move the inner tasks to a flow of their own; {off}"
        return Problem(check, f"{what}: the nesting is too deep", file, span, hint=hint)
    message = f"{what}: {type(error).__name__}: {error}"
    return Problem(check, message, file, span, hint=f"this is a bug in kestra-deployer, please report it; {off}")
