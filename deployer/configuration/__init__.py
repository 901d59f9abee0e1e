"""What `kestra-deployer.yaml` may hold, and which setting each key gives. The file is found and parsed elsewhere.

`schema.json` describes the file, for this package and for editors: they read the same bytes, which are published in
docs/ too. So names that code knows (versions, levels, checks) are in it as well; `scripts/document-configuration`
writes them there from the code's own tables, and a test finds a difference. Filling them in at run time instead would
make every run import all the checks to learn their names.

`deployer/schemas` says what the schema finds, `meaning.py` finds what a schema cannot say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deployer.errors import UsageError
from deployer.model.duration import seconds
from deployer.model.plugin import plugin
from deployer.model.problem import Problem, Route, Span
from deployer.schemas import mistakes

if TYPE_CHECKING:
    from deployer.schemas.sentences import Mistake

NAME = "kestra-deployer.yaml"
SCHEMA = Path(__file__).with_name("schema.json")
Where = Callable[[Route], Span | None]
"""Tells where in the file the key at a route is."""

_Read = Callable[[Any, Path], Any]
_MOST = 50  # mistakes that are shown; each takes a look at the whole file
_EVEN_EMPTY = "project"
"""Decides what belongs to whom: written without a value, it must not quietly be something else."""


def settings(
    data: Mapping[str, Any],
    root: Path,
    file: str = NAME,
    where: Where = lambda _: None,
    known: Sequence[Problem] = (),
) -> dict[str, Any]:
    """Return the settings that the file's content gives, by the names of `Settings`; paths count from `root`.

    A key without a value counts as left out. Raises UsageError with every mistake in the file, those that are `known`
    already among them, each with its place and a hint.
    """
    given = _given(data)
    problems = [*known, *(_mistakes(given, root, file, where) if given else ())]
    if problems:
        raise refused(problems)
    found = ((setting, read, _at(given, key)) for key, (setting, read) in KEYS.items())
    return {setting: read(value, root) for setting, read, value in found if value is not None}


def refused(problems: Sequence[Problem]) -> UsageError:
    """Return the error for the file that has these mistakes: a line for each, in the order of the file."""
    first, *others = sorted(problems, key=lambda each: each.place)
    if not others:
        return UsageError(_line(first), hint=first.hint or "correct it, or remove it")
    lines = (f"  {_line(each)}" + (f" ({each.hint})" if each.hint else "") for each in (first, *others)[:_MOST])
    count = f"{len(problems)} mistakes" if len(problems) <= _MOST else f"more than {_MOST} mistakes, among them"
    message = "\n".join((f"{first.file} has {count}:", *lines))
    return UsageError(message, hint="docs/configuration.md describes every key")


def key_of(setting: str) -> str:
    """Return the key that gives a setting, such as `tls.ca`; KeyError for one that the file cannot give."""
    return {name: key for key, (name, _) in KEYS.items()}[setting]


def _line(problem: Problem) -> str:
    place = f":{problem.span.line}:{problem.span.column}" if problem.span else ""
    return f"{problem.file}{place}: {problem.message}"


def _given(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the keys that have a value."""
    return {
        key: _given(value) if key in _SECTIONS and isinstance(value, Mapping) else value
        for key, value in data.items()
        if key == _EVEN_EMPTY or value not in (None, "")
    }


def _mistakes(data: Mapping[str, Any], root: Path, file: str, where: Where) -> Iterator[Problem]:
    """Yield one mistake for each place; what is said of its meaning is more than what the schema says."""
    from deployer.configuration.meaning import meaning, unknown  # noqa: PLC0415  only where there is something to see

    found: dict[Route, Mistake] = {}
    for mistake in chain(meaning(data, root), mistakes(SCHEMA, data, unknown)):
        found.setdefault(mistake.route, mistake)
        if len(found) > _MOST:
            break
    for route, mistake in found.items():
        yield Problem("run", mistake.message, file, _nearest(route, where), hint=mistake.hint)


def _nearest(route: Route, where: Where) -> Span | None:
    """Return where a key is, or the nearest one above it that the file has."""
    while route:
        if span := where(route):
            return span
        route = route[:-1]
    return None


def _at(data: Mapping[str, Any], key: str) -> Any:
    section, _, name = key.rpartition(".")
    return (data.get(section, {}) if section else data).get(name)


def _as_it_is(value: Any, _: Path) -> Any:
    return value


def _text(value: Any, _: Path) -> str:
    return str(value)


def _number(value: Any, _: Path) -> float:
    return float(value)


def _seconds(value: Any, _: Path) -> float:
    return float(seconds(value) or 0) if isinstance(value, str) else float(value)


def _count(value: Any, _: Path) -> int:
    return int(value)


def _path(value: Any, root: Path) -> Path:
    return root / str(value)


def _texts(value: Any, _: Path) -> tuple[str, ...]:
    return tuple(value)


KEYS: Mapping[str, tuple[str, _Read]] = {
    "host": ("host", _text),
    "tenant": ("tenant", _text),
    "kestra": ("kestra", _text),
    "timeout": ("timeout", _number),
    "tls.ca": ("ca_file", _path),
    "tls.cert": ("client_cert", _path),
    "tls.key": ("client_key", _path),
    "tls.verify": ("verify", _as_it_is),
    "proxy": ("proxy", _text),
    "headers": ("headers", _as_it_is),
    "retry.attempts": ("attempts", _count),
    "retry.seconds": ("retry_seconds", _number),
    "concurrency": ("concurrency", _count),
    "wait": ("wait", _seconds),
    "ignore": ("ignore", _texts),
    "checks": ("checks", _as_it_is),
    "plugin-defaults": ("plugin_defaults", _as_it_is),
    "engine.plugins": ("plugins", lambda value, root: tuple(plugin(each, root) for each in value)),
    "smoke": ("smoke_tests", _as_it_is),
    "test.secrets": ("test_secrets", _as_it_is),
    "test.kv": ("test_key_values", _as_it_is),
    "plugin-types": ("plugin_types", _path),
    "project": ("project", _text),
    "ledger": ("ledger", _text),
    "protected-namespaces": ("protected", _texts),
}
"""The setting that each key gives, and what makes it of a value that the schema accepts."""
_SECTIONS = tuple({key.partition(".")[0]: None for key in KEYS if "." in key})
