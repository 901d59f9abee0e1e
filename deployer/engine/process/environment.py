"""What the engine, and so every flow that runs in it, sees of the user's environment: next to nothing, unless named.

Kestra's open edition gives flows the variables that begin with `ENV_` (`{{ envs.name }}`) and `SECRET_` (base64,
`{{ secret('NAME') }}`), and a command that a flow runs inherits them all. A developer's shell holds tokens.
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
_NEEDED_TOO = ("LC_", "XDG_", "PYTHON", "DYLD_", "COVERAGE_")  # the last for who measures this package
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def select_needed(variables: Mapping[str, str]) -> dict[str, str]:
    """Return the variables without which a process may not run as it should."""
    return {name: each for name, each in variables.items() if name in _NEEDED or name.startswith(_NEEDED_TOO)}


def select_named(
    variables: Mapping[str, str], secrets: Iterable[str], envs: Iterable[str], file: Mapping[str, str]
) -> dict[str, str]:
    """Return the variables that flows are to see: those that are named, and those of a `file` whose name says so.

    A secret NAME is the variable `SECRET_NAME`, which is base64 as Kestra has it, else the variable NAME as it is. An
    env NAME is `ENV_NAME`, else NAME. Raises UsageError for what is not set, or is no base64.
    """
    found = {name: value for name, value in file.items() if name.startswith((SECRET, ENV))}
    found |= {_variable_name(SECRET, name, "--secret"): _secret(variables, name) for name in secrets}
    found |= {_variable_name(ENV, name, "--env"): _plain(variables, name, ENV, "--env") for name in envs}
    for name, value in found.items():
        if name.startswith(SECRET) and not _is_base64(value):
            raise UsageError(f"{name} is not base64, as Kestra has secrets", hint="set it to what `base64` makes of it")
    return found


def _variable_name(prefix: str, name: str, option: str) -> str:
    if not _NAME.fullmatch(name):
        raise UsageError(f"{option}: {name!r} is no variable's name", hint="letters, digits and _")
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
    raise UsageError(
        f"{option} {name}: no variable is set that is called so", hint=f"set {prefix or SECRET}{name.upper()}"
    )


def _is_base64(value: str) -> bool:
    try:
        base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return False
    return True
