"""Whatever is in a file: it is read or there is an error at a place in it, and the checks say something or nothing.

A text that once broke the reader or a check is an example below. A longer search: `pytest tests/read/test_fuzz.py
--hypothesis-profile=long`.
"""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml
from differential.samples import samples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deployer.check import check
from deployer.model.problem import Problem
from deployer.model.version import DEFAULT, NAMES
from deployer.parsing.parse import decode, parse
from deployer.read.files import read_files

pytestmark = pytest.mark.untraced

SIGNS = [
    *"{}[]:,-?&*!|>'\"%@`#~ \t\n\r\\",
    ": ",
    "- ",
    "\n  ",
    "\n    ",
    "---\n",
    "...\n",
    "!!",
    "<<: ",
    "\ufeff",
    "\x00",
]
SIGNS += [
    "\u2028",
    "\x85",
    "\U0001f600",
    "é",
    "{{ ",
    " }}",
    "{% ",
    " %}",
    "key: ",
    "id: a\n",
    "type: ",
    "null",
    "0x1F",
    "*a",
    "&a ",
]
TEXTS = st.lists(st.sampled_from(SIGNS) | st.text(max_size=8), max_size=40).map("".join)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(SIGNS) | st.text(max_size=10)
ANYTHING = st.recursive(LEAVES, lambda of: st.lists(of, max_size=4) | st.dictionaries(LEAVES.map(str), of, max_size=4))
FLOWS = [sample.text for sample in samples(DEFAULT.name)]


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """One of our sample flows, from which something was cut and in which something else stands."""
    text = draw(st.sampled_from(FLOWS))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(text)))
        text = text[:at] + draw(TEXTS) + text[at + draw(st.integers(0, 30)) :]
    return text


@st.composite
def transplanted(draw: st.DrawFn) -> str:
    """One of our sample flows, in which something else stands at one or two places: anything, or another part of it."""
    flow = yaml.safe_load(draw(st.sampled_from(FLOWS)))
    for _ in range(draw(st.integers(1, 2))):
        holder: Any = flow
        keys = [*holder]
        while True:
            key = draw(st.sampled_from(keys))
            below = holder[key]
            keys = [*below] if isinstance(below, dict) else [*range(len(below))] if isinstance(below, list) else []
            if not keys or draw(st.booleans()):
                break
            holder = below
        holder[key] = draw(ANYTHING | st.sampled_from([*flow.values()]).map(copy.deepcopy))
    return yaml.safe_dump(flow, allow_unicode=True)


def problems(text: str, version: str) -> list[Problem]:
    document, found = parse("flow.yaml", text)
    assert document or any(each.stops for each in found)
    return check([document] if document else [], version, found=found)


def is_sound(text: str, version: str = DEFAULT.name) -> None:
    lines = text.count("\n") + text.count("\r") + text.count("\x85") + text.count("\u2028") + text.count("\u2029") + 1
    for each in problems(text, version):
        assert each.message
        if each.span:
            assert 1 <= each.span.line <= each.span.end_line <= lines + 1
            assert each.span.column >= 1


@given(TEXTS)
def test_any_text_is_read_or_refused_at_a_place_in_it(text: str) -> None:
    is_sound(text)


@given(damaged(), st.sampled_from(NAMES))
def test_any_damaged_flow_is_read_or_refused_at_a_place_in_it(text: str, version: str) -> None:
    is_sound(text, version)


@given(transplanted(), st.sampled_from(NAMES))
def test_anything_may_stand_anywhere_in_a_flow(text: str, version: str) -> None:
    is_sound(text, version)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "flow.yaml"
    file.write_bytes(content)
    files, found = read_files(file, tmp_path, (), lambda _: True)
    assert len(files) + len(found) >= 1
    for each in files:
        text, wrong = decode(each.name, each.content)
        assert (text is None) is bool(wrong)
        is_sound(text or "")
