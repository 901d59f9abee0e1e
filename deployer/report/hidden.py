"""Takes what must not be shown out of a report, before any format cuts, quotes or escapes its texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from operator import is_not
from pathlib import Path
from typing import Any, TypeVar

from deployer.errors import DeployerError
from deployer.model.result import Report
from deployer.model.smoke import SmokeResult
from deployer.redaction import Redact

T = TypeVar("T")
_LONGEST = 2000  # characters of a value that a test found


def hide(report: Report, redact: Redact) -> Report:
    """Return a report with every text redacted, but those that no format shows (fields with `repr=False`).

    What tests found is cut afterwards: a part of a secret could not be told any more.
    """
    hidden = _hide(report, redact)
    return replace(hidden, smokes=tuple(map(_cut, hidden.smokes))) if hidden.smokes else hidden


def _cut(smoke: SmokeResult) -> SmokeResult:
    checked = tuple(
        replace(each, expected=_begin(each.expected), actual=_begin(each.actual), message=_begin(each.message))
        for each in smoke.checked
    )
    return replace(smoke, message=_begin(smoke.message), checked=checked)


def _begin(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}… ({len(text)} characters)"


def _hide(value: T, redact: Redact) -> T:
    """Return a value with its texts redacted: the same one where there is nothing to redact, as nearly everywhere."""
    found: Any = value
    match value:
        case Enum():
            pass
        case str():
            found = redact(value)
            found = value if found == value else found
        case Path():
            found = Path(redact(str(value)))
            found = value if found == value else found
        case tuple() | list() if len(value) > 1 and all(type(each) is str for each in value):
            items = _hide_lines(value, redact)
            found = type(value)(items) if items != [*value] else value
        case tuple() | list() | frozenset() | set():
            items = [_hide(each, redact) for each in value]
            found = type(value)(items) if any(map(is_not, items, value)) else value
        case Mapping():
            found = {_hide(key, redact): _hide(each, redact) for key, each in value.items()}
        case DeployerError():
            found = _hide_error(value, redact)
        case _ if is_dataclass(value) and not isinstance(value, type):
            shown = (each.name for each in fields(value) if each.init and each.repr)
            new = {name: _hide(getattr(value, name), redact) for name in shown}
            changed = {name: each for name, each in new.items() if each is not getattr(value, name)}
            found = replace(value, **changed) if changed else value
    shown_as: T = found
    return shown_as


def _hide_lines(lines: Sequence[str], redact: Redact) -> list[str]:
    """Return the lines redacted, also of a secret that begins in one and ends in another, such as a private key."""
    together = redact("\n".join(lines))
    each = [redact(line) for line in lines]
    return each if "\n".join(each) == together else [redact(line) for line in together.split("\n")]


def _hide_error(error: DeployerError, redact: Redact) -> DeployerError:
    hidden = type(error).__new__(type(error))
    hidden.__dict__.update({name: _hide(each, redact) for name, each in error.__dict__.items()})
    hidden.args = _hide(error.args, redact)
    return hidden
