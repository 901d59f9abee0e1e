r"""Request bodies: many flows for one `validate`, and the inputs of an execution. Pure.

Up to 1.3, `validate` accepts several flows in one text and splits it by the regular expression `\n+---\n*?`: at every
line that begins with three dashes, whatever its meaning in YAML (see Kestra's source; tested on the 1.3.31 engine).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from deployer.model.upload import Upload

_CUT = "\n---"
_NOTHING = re.compile(r"(\s|#[^\n]*(\n|$))*")  # text without content: whitespace and comments
_MOST = 250  # flows in one request
_LARGEST = 900_000  # bytes; proxies refuse bodies of 1 MiB by default

Part = tuple[str, tuple[str | None, bytes | str]]
"""One part of a multipart body, as httpx accepts it: name, (file name, content)."""


def keep_whole(text: str) -> str | None:
    """Return the text in a form that a 1.x server does not split, with the same lines; None if there is none.

    A licence in comments above the opening `---` is common: the dashes are then removed, but their line stays.
    """
    head, cut, rest = text.partition(_CUT)
    if not cut:
        return text if text.strip() else None
    if _CUT in rest or not _NOTHING.fullmatch(head) or rest[:1] not in ("\n", "\r", " ", "\t", ""):
        return None
    return f"{head}\n{rest}" if rest.strip() else None


def join(texts: Sequence[str]) -> str:
    """Return several texts as one body for `validate` in 1.x.

    The next text follows the dashes directly: a line break after them would count as its first line.
    """
    return _CUT.join(texts)


def batches(texts: Sequence[tuple[int, str]]) -> Iterator[list[tuple[int, str]]]:
    """Yield the texts, each with its number, in batches of a reasonable request size."""
    batch: list[tuple[int, str]] = []
    size = 0
    for number, text in texts:
        length = len(text.encode())
        if batch and (len(batch) == _MOST or size + length > _LARGEST):
            yield batch
            batch, size = [], 0
        batch.append((number, text))
        size += length
    if batch:
        yield batch


def inputs(values: Mapping[str, Any]) -> list[Part]:
    """Return the parts for an execution's inputs: strings unchanged, files as files, others as JSON; None is omitted.

    Bytes are a file with the name of its input.
    """
    return [(name, _content(name, value)) for name, value in values.items() if value is not None]


def _content(name: str, value: object) -> tuple[str | None, bytes | str]:
    match value:
        case str():
            return None, value
        case bytes():
            return name, value
        case Upload():
            return value.name, value.data
        case date():  # a datetime too
            return None, value.isoformat()
        case _:
            return None, json.dumps(value)
