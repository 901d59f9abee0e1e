"""What a check is: what it is called on, and the findings it yields. A finding names a route, never a line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from functools import cached_property, lru_cache
from typing import Any

from deployer.check.expressions import Template, templates
from deployer.check.references.tasks import Tasks
from deployer.language import constraints, reading
from deployer.language.constraints import Asked, Violation
from deployer.language.parts import Misread, Part, Read
from deployer.language.texts import texts
from deployer.language.types import Types
from deployer.model.document import Document
from deployer.model.problem import Effort, Problem, Route, Severity
from deployer.model.secret import values
from deployer.redaction import Redact, redactor


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong at a place in a document."""

    route: Route
    message: str
    hint: str = ""
    severity: Severity | None = None  # None: the level of its check
    _: KW_ONLY
    at_key: bool = False  # the key is wrong, not its value
    shown: bool = True  # with the line of the file; a secret must not be in logs
    effort: Effort | None = None  # if a version of Kestra removed what is used there
    subject: str = ""  # what it is about, if others may be about the same


class FlowFile:
    """A document as the engine of one version of Kestra reads it. Each property is computed on first use."""

    def __init__(self, document: Document, types: Types, defaults: Mapping[str, Any] | None = None) -> None:
        self.document = document
        self.types = types
        self.defaults = defaults or {}
        """Plugin defaults of namespaces, which are in no file; `*` is every namespace."""
        self.fault: Exception | None = None
        """The error that ended reading, if it is a bug of ours: checks then see an empty flow."""

    @cached_property
    def read(self) -> Read:
        """What the engine reads, and what it cannot read."""
        try:
            return reading.read(self.document.data, self.types)
        except Exception as error:  # noqa: BLE001  reported once, by `guarded`
            self.fault = error
            return Read()

    @cached_property
    def constraints(self) -> Sequence[Violation | Asked]:
        """The constraints that the engine's validator checks, in all that could be read."""
        try:
            return list(constraints.check(self.read.flow, self.types)) if self.read.flow else []
        except Exception as error:  # noqa: BLE001
            self.fault = error
            return []

    def value(self, route: Route) -> Any:
        """Return the value at a route in the file, None if there is none."""
        data: Any = self.document.data
        for step in route:
            try:
                data = data[step]
            except (KeyError, IndexError, TypeError):
                return None
        return data

    def has_default(self, route: Route, prop: str) -> bool:
        """Whether the plugin defaults of the flow's namespace, or of a parent, set a property of a plugin."""
        if not self.defaults:
            return False
        namespace, kind = str(self.document.data.get("namespace")), str(self.value((*route, "type")))
        return any(
            kind.startswith(entry["type"]) and prop in entry["values"]
            for above, entries in self.defaults.items()
            if above in ("*", namespace) or namespace.startswith(f"{above}.")
            for entry in entries
        )

    @property
    def violations(self) -> Iterator[Violation]:
        """The constraints that are broken."""
        return (each for each in self.constraints if isinstance(each, Violation))

    def misread(self, kind: str) -> Iterator[Misread]:
        """Yield what was misread in one of the ways that `Misread.kind` names."""
        return (each for each in self.read.misreads if each.kind == kind)

    def asked(self, name: str) -> Sequence[Asked]:
        """Return the places to which one of Kestra's own constraints, such as `FlowValidation`, applies."""
        return self._asked.get(name, ())

    @cached_property
    def _asked(self) -> Mapping[str, Sequence[Asked]]:
        found: dict[str, list[Asked]] = {}
        for each in self.constraints:
            if isinstance(each, Asked):
                found.setdefault(each.name, []).append(each)
        return found

    @cached_property
    def texts(self) -> Sequence[tuple[Route, str]]:
        """Every string of the flow; of keys only those that may contain an expression."""
        return list(texts(self.document.data))

    @cached_property
    def templates(self) -> Sequence[Template]:
        """Every string of the flow that Kestra renders."""
        return list(templates(self.texts, self.document.text, self.types))

    @cached_property
    def tasks(self) -> Tasks:
        """The tasks of the flow, by their ids and places."""
        return Tasks(self.parts, self.types)

    @property
    def parts(self) -> Iterator[Part]:
        """Every object of the flow, the outer before the inner."""
        todo = [self.read.flow] if self.read.flow else []
        while todo:
            part = todo.pop()
            yield part
            todo += [below for parts in part.parts.values() for below in parts]


@dataclass(frozen=True, slots=True)
class Folder:
    """All flows of a run, so that a check can compare them."""

    flows: Sequence[FlowFile]
    types: Types
    whole: bool = True  # these are all flows, so that a missing one does not exist


Asking = Callable[[Asked, Types], Iterable[Finding]]
"""Judges one place to which one of Kestra's own constraints applies."""


@dataclass(frozen=True, slots=True)
class Check:
    """A check: its name, its documentation, and one of what it is called on.

    Constraints have the names of the annotations in Kestra's classes. Constraints without a check never make the
    open-source edition refuse a flow.
    """

    name: str
    doc: str | None
    _: KW_ONLY
    level: Severity | None = Severity.ERROR  # of findings without a severity; None: off by default
    on: Mapping[str, Asking] = field(default_factory=dict)  # wherever a constraint of this name applies
    each: Callable[[FlowFile], Iterable[Finding]] | None = None  # each flow
    together: Callable[[Folder], Iterable[tuple[Document, Finding]]] | None = None  # all flows of a run

    def run(self, folder: Folder) -> Iterator[tuple[Document, Finding]]:
        """Yield its findings, each with its document."""
        if self.together:
            yield from self.together(folder)
        for flow in folder.flows:
            for finding in self.each(flow) if self.each else ():
                yield flow.document, finding
            for name, judge in self.on.items():
                for asked in flow.asked(name):
                    for finding in judge(asked, flow.types):
                        yield flow.document, finding

    def problems(self, folder: Folder) -> list[Problem]:
        """Return its findings as problems of their files."""
        return [problem(self.name, document, finding, self.level) for document, finding in self.run(folder)]


@lru_cache(maxsize=64)
def without_secrets(text: str) -> Redact:
    """Return a function that removes the secrets of a flow's source from a message about it."""
    return redactor(values(text))


def problem(check: str, document: Document, finding: Finding, level: Severity | None = Severity.ERROR) -> Problem:
    """Return a finding with its route turned into a place in the file: the nearest one that exists.

    `level` is the severity of a finding that has none.
    """
    route = finding.route
    span = document.marks.key(route) if finding.at_key else None
    while not span and not (span := document.marks.at(route)) and route:
        route = route[:-1]
    excerpt = document.excerpt(span) if finding.shown else ""
    redact = without_secrets(document.text)
    message, hint = redact(finding.message), redact(finding.hint)
    return Problem(
        check,
        message,
        document.file,
        span,
        severity=finding.severity or level or Severity.WARNING,
        hint=hint,
        excerpt=excerpt,
        effort=finding.effort,
        subject=finding.subject,
    )
