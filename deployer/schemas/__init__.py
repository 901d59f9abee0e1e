"""Holds what users write against a JSON Schema. The schema is data; what a mistake is called is in `sentences.py`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

    from deployer.schemas.sentences import Mistake, Unknown


def mistakes(schema: Path, data: Any, unknown: Unknown | None = None) -> Iterator[Mistake]:
    """Yield every mistake in data by the schema in a file; `unknown` says what a key means that there is not."""
    from deployer.schemas.sentences import sentences, unknown_key  # noqa: PLC0415  only where there is something to see

    for error in _validator(schema).iter_errors(data):
        yield from sentences(error, unknown or unknown_key)


@cache
def _validator(schema: Path) -> Validator:
    from jsonschema import Draft202012Validator, validators  # noqa: PLC0415  takes longer than all else here

    # YAML has numbers that JSON has not
    types = Draft202012Validator.TYPE_CHECKER.redefine("number", lambda _, value: _is_number(value))
    finite: type[Validator] = validators.extend(Draft202012Validator, type_checker=types)  # type: ignore[no-untyped-call]
    return finite(json.loads(schema.read_bytes()))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < float("inf")
