"""Data to YAML text, which Kestra's reader and ours read as the same data."""

from __future__ import annotations

from typing import Any

import yaml

from deployer.parsing.scalars import STARTS, plain

_ENDLESS = 1 << 30  # characters of a line: a long text is not folded


class _Writer(yaml.SafeDumper):
    """Writes each key in the order of the data, items of lists indented, texts of several lines as blocks."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002  PyYAML's signature
        super().increase_indent(flow, indentless=False)

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002  Kestra follows none
        return True


def _text(writer: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = None
    if _is_block(text):
        style = "|"
    elif "\n" in text or not _is_plain(text) or ("{" in text and '"' not in text and "\\" not in text):
        style = '"'
    return writer.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Writer.add_representer(str, _text)


def _is_block(text: str) -> bool:
    """Whether a text of several lines can be shown line by line; a line may not begin as a command to a CI does."""
    lines = text.split("\n")
    shown = all(line.isprintable() and not line.lstrip().startswith(("::", "##")) for line in lines)
    return len(lines) > 1 and shown and not text[:1].isspace() and all(line == line.rstrip() for line in lines)


def _is_plain(text: str) -> bool:
    """Whether a text is read as itself without quotes."""
    try:
        return text[:1] not in STARTS or isinstance(plain(text), str)
    except ValueError:
        return False


def dump(data: Any) -> str:
    """Return data as YAML; whatever would not be seen is written as an escape."""
    return yaml.dump(data, Dumper=_Writer, sort_keys=False, width=_ENDLESS, allow_unicode=_is_shown(data))


def _is_shown(data: Any) -> bool:
    """Whether every character of a text is one that is seen."""
    if isinstance(data, str):
        return all(line.isprintable() for line in data.split("\n"))
    if isinstance(data, dict):
        return all(_is_shown(key) and _is_shown(value) for key, value in data.items())
    return all(map(_is_shown, data)) if isinstance(data, list) else True
