"""Levels: checks turned off or given another severity in the configuration file, for all files or some.

```yaml
checks:
  unverified-type: off
  deprecated: error
  unused-input:
    - path: legacy/**
      level: off
```
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Any

from deployer.errors import UsageError
from deployer.language.words import did_you_mean
from deployer.model.problem import Problem, Severity

OFF = "off"
_LEVELS = {OFF: None, **{str(severity): severity for severity in Severity}}
_HOW = "write `off`, `notice`, `warning` or `error`, or a list of `path` and `level`"


@dataclass(frozen=True, slots=True)
class Rule:
    """Problems of `check` in files that match `path` (all if empty) get the severity `level`; None turns them off."""

    check: str
    level: Severity | None
    path: str = ""


def levels_of(configured: Mapping[str, Any], known: Collection[str]) -> list[Rule]:
    """Return the rules of the configuration file's `checks`. Raises UsageError for an unknown check or level."""
    found: list[Rule] = []
    for name, value in configured.items():
        if name not in known:
            hint = did_you_mean(str(name), known) or "kestra-deployer explain lists all checks"
            raise UsageError(f"`checks`: there is no check `{name}`", hint=hint)
        found += [_rule(name, one) for one in (value if isinstance(value, list) else [value])]
    return found


def _rule(name: str, value: Any) -> Rule:
    path = ""
    if isinstance(value, Mapping):
        if set(value) != {"path", "level"} or not isinstance(value["path"], str):
            raise UsageError(f"`checks`: the value of `{name}` is not valid", hint=_HOW)
        path, value = value["path"], value["level"]
    level = OFF if value is False else value  # in YAML, an unquoted `off` is false
    if not isinstance(level, str) or level not in _LEVELS:
        raise UsageError(f"`checks`: {value!r} is not a level for `{name}`", hint=_HOW)
    return Rule(name, _LEVELS[level], path)


def apply_levels(problems: Sequence[Problem], given: Sequence[Rule]) -> list[Problem]:
    """Return the problems with the severities that the rules set; of several rules for one problem the last wins."""
    if not given:
        return list(problems)
    result = []
    for problem in problems:
        level: Severity | None = problem.severity
        for rule in given:
            if rule.check == problem.check and _covers(rule.path, problem.file):
                level = rule.level
        if level is not None:
            result.append(replace(problem, severity=level))
    return result


def _covers(pattern: str, file: str | None) -> bool:
    """Match as gitignore does for plain patterns: `legacy/**` covers everything below, `*.yml` a name in any folder."""
    if not pattern:
        return True
    path = PurePath(file or "")
    if pattern.endswith("/**"):
        return any(str(parent) == pattern[:-3] or str(parent).endswith(f"/{pattern[:-3]}") for parent in path.parents)
    return path.match(pattern)
