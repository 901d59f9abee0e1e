"""What the engine, and so every flow in it, sees of the user's environment: almost nothing, unless named.

Kestra's open-source edition gives flows the variables that begin with `ENV_` (`{{ envs.name }}`) and `SECRET_` (base64,
`{{ secret('NAME') }}`), and a command that a flow runs inherits all variables. A developer's shell has tokens.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Mapping

from deployer.cache import VARIABLE as CACHE
from deployer.errors import UsageError

SECRET, ENV = "SECRET_", "ENV_"
_NEEDED = (
    *("PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "TZ", "TMPDIR", "TMP", "TEMP"),
    *("LD_LIBRARY_PATH", "VIRTUAL_ENV", "DOCKER_HOST", CACHE),
)
_NEEDED_TOO = ("LC_", "XDG_", "PYTHON", "DYLD_", "COVERAGE_")  # the last to measure the coverage of this package
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def select_needed(variables: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that a process may need to run properly."""
    return {name: each for name, each in variables.items() if name in _NEEDED or name.startswith(_NEEDED_TOO)}


def select_named(
    variables: Mapping[str, str], secrets: Iterable[str], envs: Iterable[str], file: Mapping[str, str]
) -> dict[str, str]:
    """Return the variables that flows may see: those that are named, and those of a `file` that have the prefixes.

    A secret NAME is the variable `SECRET_NAME`, in base64 as Kestra expects it, else the variable NAME in plain text.
    An env NAME is `ENV_NAME`, else NAME. Raises UsageError for a variable that is not set, or is not base64.
    """
    found = {name: value for name, value in file.items() if name.startswith((SECRET, ENV))}
    found |= {_variable_name(SECRET, name, "--secret"): _secret(variables, name) for name in secrets}
    found |= {_variable_name(ENV, name, "--env"): _plain(variables, name, ENV, "--env") for name in envs}
    for name, value in found.items():
        if name.startswith(SECRET) and not _is_base64(value):
            raise UsageError(f"{name} is not base64, which Kestra expects", hint="set it to the output of `base64`")
    return found


def _variable_name(prefix: str, name: str, option: str) -> str:
    if not _NAME.fullmatch(name):
        raise UsageError(f"{option}: {name!r} is not the name of a variable", hint="use letters, digits and _")
    return prefix + name.removeprefix(prefix).upper()


def _secret(variables: Mapping[str, str], name: str) -> str:
    name = name.removeprefix(SECRET)
    if encoded := variables.get(SECRET + name) or variables.get(SECRET + name.upper()):
        return encoded
    return base64.b64encode(_plain(variables, name, "", "--secret").encode("utf-8", "surrogateescape")).decode()


def _plain(variables: Mapping[str, str], name: str, prefix: str, option: str) -> str:
    name = name.removeprefix(prefix)
    for each in (prefix + name, prefix + name.upper(), name, name.upper()):
        if each in variables:
            return variables[each]
    raise UsageError(f"{option} {name}: there is no such variable", hint=f"set {prefix or SECRET}{name.upper()}")


def _is_base64(value: str) -> bool:
    try:
        base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return False
    return True
