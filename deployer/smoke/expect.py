"""Compares what a suite expects of an execution with what was there. Pure.

Operators are those of Kestra's test suites, which compare texts: "1" is not "1.0". Unlike Kestra's, `isNull` holds for
what is null: Kestra renders that as an empty text, and then finds that it is not null.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from deployer.language.leaves import as_text
from deployer.language.texts import texts
from deployer.model.secret import ENCRYPTED
from deployer.model.smoke import Assertion, Checked, Expectation, TaskRun

NOT_RUN = "NOT_RUN"
"""The state that is expected of a task that is not to run."""
_SIGNS = ("{{", "{%", "{#")
_SECRET = re.compile(r"\bsecret\s*\(")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendering:
    """What a template came to, or why it came to nothing."""

    result: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """An execution that has ended: all that expectations are about. `rendered` has the templates of assertions."""

    state: str
    runs: Sequence[TaskRun] = ()
    outputs: Mapping[str, Any] = field(default_factory=dict)
    logs: Sequence[str] = ()
    rendered: Mapping[str, Rendering] = field(default_factory=dict)


def templates(expected: Expectation) -> list[str]:
    """Return the templates that have to be rendered to judge the assertions, each once."""
    found: dict[str, None] = {}
    for each in expected.assertions:
        for given in (each.value, each.error_message, *each.checks.values()):
            found |= {text: None for _, text in texts(given) if _is_template(text)}
    return list(found)


def judge(expected: Expectation, ended: Ended) -> list[Checked]:
    """Return every expectation, and whether it holds; the state of the execution comes first."""
    return [
        _checked("state", expected.state, ended.state),
        *_tasks(expected.tasks, ended.runs),
        *(_output(name, value, ended.outputs) for name, value in expected.outputs.items()),
        *(_log(pattern, ended.logs) for pattern in expected.logs),
        *(each for assertion in expected.assertions for each in _assertion(assertion, ended.rendered)),
    ]


def _as_rendered(value: Any) -> str:
    """Return a value as expressions render it: lists and mappings as JSON, null as nothing, numbers as in Java."""
    if value is None:
        return ""
    if isinstance(value, list | dict):
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return as_text(value)


def _is_template(text: str) -> bool:
    return any(sign in text for sign in _SIGNS)


def _checked(what: str, expected: Any, actual: Any, *, passed: bool | None = None, message: str = "") -> Checked:
    wanted, found = _as_rendered(expected), _as_rendered(actual)
    fine = wanted == found if passed is None else passed
    return Checked(what=what, expected=wanted, actual=found, passed=fine, message="" if fine else message)


def _tasks(expected: Mapping[str, str], runs: Sequence[TaskRun]) -> Iterator[Checked]:
    for name, state in expected.items():
        states = list(dict.fromkeys(run.state for run in runs if run.task == name)) or [NOT_RUN]
        yield _checked(f"state of the task {name}", state, ", ".join(states))


def _output(name: str, value: Any, outputs: Mapping[str, Any]) -> Checked:
    what = f"output {name}"
    if name not in outputs:
        return _checked(what, value, "", passed=value is None, message="the execution has no such output")
    found = outputs[name]
    return _checked(
        what, value, found, passed=_canonical(found) == _canonical(value) or _as_rendered(found) == _as_rendered(value)
    )


def _log(pattern: str, lines: Sequence[str]) -> Checked:
    matching = next((line for line in lines if re.search(pattern, line)), None)
    count = f"none of {len(lines)} lines matches"
    return _checked(f"log /{pattern}/", pattern, matching or count, passed=matching is not None)


def _assertion(assertion: Assertion, rendered: Mapping[str, Rendering]) -> Iterator[Checked]:
    about = f"{assertion.task}: " if assertion.task else ""
    value = _render(assertion.value, rendered)
    message = assertion.description
    if assertion.error_message:
        said = _render(assertion.error_message, rendered)
        message = said.result or assertion.error_message
    for name, wanted in assertion.checks.items():
        what = f"{about}{assertion.value} {name}"
        trouble = value.error or next(filter(None, (_render(each, rendered).error for _, each in texts(wanted))), "")
        if trouble:
            yield _checked(what, wanted, "", passed=False, message=f"it cannot be rendered: {trouble}")
            continue
        against = _filled(wanted, rendered)
        try:
            passed = _OPERATORS[name](value.result, against)
        except ValueError as error:
            yield _checked(what, against, value.result, passed=False, message=str(error))
        else:
            yield _checked(what, against, value.result, passed=passed, message=message)


def _render(text: str, rendered: Mapping[str, Rendering]) -> Rendering:
    if not _is_template(text):
        return Rendering(result=text)
    found = rendered.get(text, Rendering(error="the execution was not asked for it"))
    if found.error:
        return found
    if _SECRET.search(text):
        return Rendering(error="Kestra renders each secret as ****** here, so nothing can be compared with one")
    if ENCRYPTED in found.result:
        return Rendering(error="Kestra keeps SECRET inputs and outputs encrypted, so nothing can be compared with one")
    return found


def _filled(value: Any, rendered: Mapping[str, Rendering]) -> Any:
    """Return a value with what each template in it came to."""
    if isinstance(value, dict):
        return {_filled(name, rendered): _filled(each, rendered) for name, each in value.items()}
    if isinstance(value, list):
        return [_filled(each, rendered) for each in value]
    return _render(value, rendered).result if isinstance(value, str) else value


def _canonical(value: Any) -> str:
    """Return what is the same text for what is the same: to Python, true is 1."""
    return json.dumps(value, sort_keys=True)


def _equal(actual: str, expected: Any) -> bool:
    if isinstance(expected, list | dict):
        try:
            return _canonical(json.loads(actual)) == _canonical(expected)
        except ValueError:
            return False
    return actual == _as_rendered(expected)


def _listed(actual: str, expected: Any) -> bool:
    found = expected
    if isinstance(expected, str):
        with suppress(ValueError):
            found = json.loads(expected)
    if not isinstance(found, list):
        raise ValueError(f"{_as_rendered(expected)!r} is no list")  # noqa: TRY004  said in the report like any other mistake
    return any(_equal(actual, each) for each in found)


def _number(text: Any) -> float:
    try:
        if "_" in _as_rendered(text):  # which Python takes
            raise ValueError  # noqa: TRY301
        return float(_as_rendered(text))
    except ValueError:
        raise ValueError(f"{_as_rendered(text)!r} is not a number") from None


def _flag(text: Any) -> bool:
    return _as_rendered(text).strip().lower() == "true"


_OPERATORS: Mapping[str, Callable[[str, Any], bool]] = {
    "equalTo": _equal,
    "notEqualTo": lambda actual, expected: not _equal(actual, expected),
    "contains": lambda actual, expected: _as_rendered(expected) in actual,
    "startsWith": lambda actual, expected: actual.startswith(_as_rendered(expected)),
    "endsWith": lambda actual, expected: actual.endswith(_as_rendered(expected)),
    "in": _listed,
    "notIn": lambda actual, expected: not _listed(actual, expected),
    "greaterThan": lambda actual, expected: _number(actual) > _number(expected),
    "greaterThanOrEqualTo": lambda actual, expected: _number(actual) >= _number(expected),
    "lessThan": lambda actual, expected: _number(actual) < _number(expected),
    "lessThanOrEqualTo": lambda actual, expected: _number(actual) <= _number(expected),
    "isNull": lambda actual, expected: (not actual) is _flag(expected),
    "isNotNull": lambda actual, expected: bool(actual) is _flag(expected),
}
