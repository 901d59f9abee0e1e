"""What a genuine Kestra server was asked and answered, one exchange after another, as it was recorded."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared import SHARED

INPUTS: Mapping[str, Mapping[str, str]] = {
    "93-execution-create": {"who": "alice"},
    "98-execution-create-wait": {"who": "w"},
    "103-execution-create-bad-input": {"n": "abc"},
    "104-execution-create-input-too-big": {"n": "11"},
}
"""The parts of multipart bodies, which the recording has not: read off the answers."""

_NO_TYPE = ("", "None")


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, media type and body: parsed where it is JSON, text where it is not, None where there is none."""

    status: int
    media_type: str
    body: Any


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request as it went over the wire, and its recorded answer. `path` is below the tenant, with the query."""

    name: str
    method: str
    path: str
    content_type: str
    body: bytes
    inputs: Mapping[str, str]
    answer: Answer


def sessions() -> tuple[list[Exchange], list[Exchange], list[Exchange]]:
    """Return the exchanges of the three recorded sessions, without the one whose client gave up on an answer.

    The second and the third were each recorded on a server that had the first behind it.
    """
    every = _exchanges()
    second, third = (
        next(i for i, each in enumerate(every) if each.name.startswith(name)) for name in ("201-", "01-create")
    )
    return every[:second], every[second:third], every[third:]


def parsed(text: str | None) -> Any:
    """Return a body as Answer has it."""
    try:
        return json.loads(text) if text else None
    except json.JSONDecodeError:
        return text


def _exchanges() -> list[Exchange]:
    lines = (SHARED / "recordings/http.jsonl").read_text(encoding="utf-8").splitlines()
    read = (_exchange(json.loads(line)) for line in lines)
    return [exchange for exchange in read if exchange is not None]


def _exchange(line: Mapping[str, Any]) -> Exchange | None:
    asked, answered = line["request"], line["response"]
    if answered["status"] is None:
        return None
    answer = Answer(answered["status"], answered["content_type"] or "", parsed(answered["body"]))
    return Exchange(
        line["name"],
        asked["method"],
        asked["path"],
        "" if asked["content_type"] in _NO_TYPE else asked["content_type"],
        _body(line["name"], asked["body"] or "", answer.body),
        INPUTS.get(line["name"], {}),
        answer,
    )


def _body(name: str, text: str, answered: Any) -> bytes:
    """Return the body that was sent: the recording has it with other line ends, and a line end where nothing was."""
    if not text.strip():
        return b""
    if isinstance(answered, dict) and "source" in answered:
        text = answered["source"]
    elif "crlf" in name:
        text = text.replace("\n", "\r\n")
    return text.encode().replace("\N{REPLACEMENT CHARACTER}".encode(), b"\xe9") if "latin1" in name else text.encode()
