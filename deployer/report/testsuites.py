"""Suites of test cases as JUnit XML, the format in which CI systems read the results of tests.

The format has no standard. The narrowest of its readers is Jenkins' xUnit plugin, which refuses what its schema,
`junit-10.xsd`, does not have: a case has no `file`, `line` or properties there, so they are lines of its output.
Jenkins' JUnit plugin, GitLab, Azure DevOps and the test reporters of GitHub read the same document. GitLab knows a case
by `classname` and `name`, and takes only the first of two that are called alike; a file that is larger than 30 MB it
does not read at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from xml.etree import ElementTree as ET

from deployer.report.harmless import harmless, one_line
from deployer.report.smoke import cut

_LARGEST = 20 * 1000 * 1000  # bytes of the whole
_LONGEST = (20_000, 2_000, 200)  # characters of a text: the first with which the whole is not too large
_NAME, _MESSAGE = 300, 1000  # characters of what stands in attributes
_ATTACHED = re.compile(r"\[\[(?=ATTACHMENT\|)", re.IGNORECASE)
"""Where GitLab and Jenkins begin to read the name of a file that they publish beside the output."""


class Kind(StrEnum):
    """Why a case did not pass. FAILURE: it is not as expected. ERROR: it could not be tried. SKIPPED fails nothing."""

    FAILURE = "failure"
    ERROR = "error"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Found:
    """What keeps a case from passing: a word for it, a sentence, and what there is to say besides."""

    kind: Kind
    type: str
    message: str
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A test case. It passed where nothing was found; `output` is what it wrote.

    `details` are what else is known of it, by name. They are the first lines of the output, and are never cut off.
    """

    name: str
    seconds: float = 0.0
    found: Found | None = None
    details: Mapping[str, str] = field(default_factory=dict)
    output: str = ""

    @property
    def fails(self) -> bool:
        """Whether a reader takes it for a failure."""
        return self.found is not None and self.found.kind is not Kind.SKIPPED


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """Cases that belong together. `classname` is that of each: dots in it are packages to some readers."""

    name: str
    classname: str
    cases: Sequence[Case]
    file: str | None = None
    properties: Mapping[str, str] = field(default_factory=dict)


def document(name: str, suites: Sequence[Suite], seconds: float) -> str:
    """Return the suites as XML with a newline at its end, whatever the texts hold, and however long they are."""
    text = ""
    for longest in _LONGEST:
        text = _document(name, suites, seconds, longest)
        if len(text.encode()) <= _LARGEST:
            break
    return text


def _document(name: str, suites: Sequence[Suite], seconds: float, longest: int) -> str:
    cases = [case for suite in suites for case in suite.cases]
    root = _element("testsuites", {"name": name, **_counts(cases), "time": _time(seconds)})
    del root.attrib["skipped"]  # the one number that the schema has for a suite, and not for all of them
    suite_names: set[tuple[str, str]] = set()
    case_names: set[tuple[str, str]] = set()
    for suite in suites:
        total = sum(case.seconds for case in suite.cases)
        head = {"name": _own(suite.name, "", suite_names), **_counts(suite.cases), "time": _time(total)}
        branch = _element("testsuite", head | ({"file": suite.file} if suite.file else {}))
        branch.extend(_properties(suite.properties))
        branch.extend(_case(case, suite.classname, case_names, longest) for case in suite.cases)
        root.append(branch)
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _counts(cases: Sequence[Case]) -> dict[str, str]:
    kinds = [case.found.kind for case in cases if case.found]
    numbers = {
        "tests": len(cases),
        "failures": kinds.count(Kind.FAILURE),
        "errors": kinds.count(Kind.ERROR),
        "skipped": kinds.count(Kind.SKIPPED),
    }
    return {name: str(number) for name, number in numbers.items()}


def _case(case: Case, classname: str, names: set[tuple[str, str]], longest: int) -> ET.Element:
    classname = _name(classname)
    head = {"name": _own(case.name, classname, names), "classname": classname, "time": _time(case.seconds)}
    element = _element("testcase", head)
    if case.found:
        element.append(_found(case.found, longest))
    if output := _output(case, longest):
        element.append(_element("system-out", {}, output))
    return element


def _output(case: Case, longest: int) -> str:
    details = "\n".join(f"{name}: {_line(value, _MESSAGE)}" for name, value in case.details.items())
    return "\n\n".join(filter(None, (details, _text(case.output, longest, end=True))))


def _properties(properties: Mapping[str, str]) -> Iterator[ET.Element]:
    if properties:
        parent = ET.Element("properties")
        parent.extend(_element("property", {"name": name, "value": value}) for name, value in properties.items())
        yield parent


def _found(found: Found, longest: int) -> ET.Element:
    """The message is a line, and the text has it too: some readers show only one of the two."""
    text = found.text if found.message in found.text else "\n\n".join(filter(None, (found.message, found.text)))
    first, *more = found.message.strip().splitlines() or [found.type]
    head = {"message": cut(f"{first} …" if more else first, min(longest, _MESSAGE)), "type": found.type}
    return _element(found.kind, head, _text(text, longest) or found.type)


def _own(name: str, classname: str, taken: set[tuple[str, str]]) -> str:
    """Return a name that no other case of the class has: of several that are called alike, the later have numbers."""
    name = own = _name(name)
    number = 1
    while (classname, own) in taken:
        number += 1
        own = f"{name} ({number})"
    taken.add((classname, own))
    return own


def _element(tag: str, attributes: Mapping[str, str], text: str | None = None) -> ET.Element:
    element = ET.Element(tag, {name: _line(value, _MESSAGE) for name, value in attributes.items()})
    element.text = text
    return element


def _name(text: str) -> str:
    return _line(text, _NAME) or "-"


def _line(text: str, longest: int) -> str:
    return _ATTACHED.sub(r"[\\[", one_line(cut(text, longest)))


def _text(text: str, longest: int, *, end: bool = False) -> str:
    """Return a text of any number of lines, of which only the beginning is kept, or the end."""
    more = len(text) - longest
    if more > 0:
        text = (
            f"… {more} characters before\n{text[-longest:]}" if end else f"{text[:longest]}\n… {more} more characters"
        )
    return _ATTACHED.sub(r"[\\[", harmless(text))


def _time(seconds: float) -> str:
    return f"{max(seconds, 0):.3f}"
