"""Problems that a comment in the file silences: `# kestra-deployer: ignore[check-name] the reason`.

At the end of a line it silences that line; on a line of its own, the task or property that begins below it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from deployer.model.document import Document
from deployer.model.problem import Problem, Severity, Span

CHECK = "unused-ignore"
_COMMENT = re.compile(r"#\s*kestra-deployer:\s*ignore\[([^\]\n]*)\]")
_SIGN = "kestra-deployer:"


@dataclass(frozen=True, slots=True)
class Ignore:
    """A comment: the checks it names, its place, and the lines it covers (first and last, from 1)."""

    checks: tuple[str, ...]
    span: Span
    first: int
    last: int

    def covers(self, problem: Problem) -> bool:
        """Whether it silences this problem."""
        return bool(problem.span) and problem.check in self.checks and self.first <= _line(problem) <= self.last


def silence(documents: Sequence[Document], problems: Sequence[Problem], known: Collection[str]) -> list[Problem]:
    """Return the problems that no comment silences, and a warning for each comment that silences nothing."""
    ignores = {document.file: list(ignores_in(document)) for document in documents if _SIGN in document.text}
    if not any(ignores.values()):
        return list(problems)
    kept, used = [], set()
    for problem in problems:
        hit = [
            (problem.file, at) for at, each in enumerate(ignores.get(problem.file or "", ())) if each.covers(problem)
        ]
        used |= set(hit)
        if not hit:
            kept.append(problem)
    for document in documents:
        for at, ignore in enumerate(ignores.get(document.file, ())):
            if (document.file, at) not in used:
                kept.append(_warn_unused(document, ignore, known))
    return kept


def ignores_in(document: Document) -> Iterator[Ignore]:
    """Yield the comments of a document; the same text inside a value is not a comment."""
    lines = document.text.splitlines()
    for number, line in enumerate(lines, start=1):
        match = _COMMENT.search(line) if _SIGN in line else None
        if not match or not document.marks.outside(number, match.start() + 1):
            continue
        span = Span(number, match.start() + 1, number, match.end() + 1)
        names = tuple(name.strip() for name in match[1].split(","))
        if line[: match.start()].strip():
            yield Ignore(names, span, number, number)
        else:
            yield Ignore(names, span, *_below(lines, number))


def _below(lines: Sequence[str], number: int) -> tuple[int, int]:
    """Return the lines of the block that begins below a line: up to the next line that is not indented further."""
    first = number
    while first < len(lines) and (not lines[first].strip() or lines[first].lstrip().startswith("#")):
        first += 1
    if first >= len(lines):
        return number, number
    indent = _indent(lines[first])
    last = first
    while last + 1 < len(lines) and (not lines[last + 1].strip() or _indent(lines[last + 1]) > indent):
        last += 1
    return first + 1, last + 1


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _line(problem: Problem) -> int:
    return problem.span.line if problem.span else 0


def _warn_unused(document: Document, ignore: Ignore, known: Collection[str]) -> Problem:
    strange = [name for name in ignore.checks if name not in known]
    what = f"there is no check `{strange[0]}`" if strange else "it covers no such problem"
    message = f"this comment silences nothing: {what}"
    excerpt = document.excerpt(ignore.span)
    return Problem(
        CHECK, message, document.file, ignore.span, severity=Severity.WARNING, hint="remove it", excerpt=excerpt
    )
