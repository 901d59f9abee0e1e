"""Asks Kestra's own `validate` about what would be written: the verdict that counts, from the server that stores it.

Why: a flow that the server would refuse is found before anything is written.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from deployer.check.base import Finding, problem, without_secrets
from deployer.check.verdict import findings, place
from deployer.kestra.answers import Verdict
from deployer.kestra.client import KestraClient
from deployer.kinds import by_kind
from deployer.model.document import Document
from deployer.model.problem import Problem, Severity, Span
from deployer.model.resource import FLOW, Key, Resource
from deployer.model.secret import values
from deployer.parsing.parse import parse
from deployer.redaction import hiding

NAME = "kestra-validate"
_NO_SUBFLOW = re.compile(r"subflow '(?P<id>[^']*)' not found in namespace '(?P<namespace>[^']*)'")
_SYNTAX = re.compile(
    r"line: (?P<line>[0-9]{1,9}), column: (?P<column>[0-9]{1,9})\]"
)  # a message of the server's YAML reader
_NO_REASON = "Kestra refuses this flow, but does not say why"
_ONE_TEXT = ("Illegal flow yaml", "Unrecognized field", "Invalid type")


def validate(client: KestraClient, resources: Sequence[Resource], declared: Collection[Key]) -> list[Problem]:
    """Ask the server about resources, hundreds in a request, and return its constraints and warnings as problems.

    The server judges what is sent; the place of a problem is in the file. `declared` is what the same run deploys:
    there is no warning about calls to it, although the server does not know it yet. A source that the server would cut
    in two is not judged here, but when it is written. Raises KestraError.
    """
    found: list[Problem] = []
    by_key = {each.key: each for each in resources}
    for kind, keys in by_kind(by_key):
        asked = [by_key[key] for key in keys]
        with hiding(secret for each in asked for secret in values(each.sent.text)):
            verdicts = kind.validate(client, asked)
        for resource, verdict in zip(asked, verdicts, strict=True):
            found += problems(resource, verdict, declared) if verdict else ()
    return found


def problems(resource: Resource, verdict: Verdict, declared: Collection[Key] = ()) -> Iterator[Problem]:
    """Yield the problems of a verdict on what was sent for a resource, at their places in the file."""
    if verdict.constraints is None and not verdict.warnings and not verdict.deprecation_paths:
        return
    document, sent = _document(resource), resource.sent
    refused = verdict.constraints is not None
    for constraint in (_split(verdict.constraints or "") or [_NO_REASON]) if refused else ():
        if syntax := _SYNTAX.search(constraint):
            line, column = sent.line(int(syntax["line"])), int(syntax["column"])
            span = Span(line, column, line, column + 1)
            said = without_secrets(document.text)(constraint)
            yield Problem(NAME, said, document.file, span, excerpt=document.excerpt(span))
        else:
            yield from (_problem(document, each, resource) for each in findings(document, constraint))
    for finding in _warnings(verdict, declared, document.data):
        yield _problem(document, finding, resource)


def _problem(document: Document, finding: Finding, resource: Resource) -> Problem:
    """Return a finding about the text that is wanted, at its place in the file."""
    found, asked = problem(NAME, document, finding), resource.asked
    if found.span is None or not asked.lines:
        return found
    first, last = asked.line(found.span.line), asked.line(found.span.end_line)
    return replace(found, span=Span(first, found.span.column, last, found.span.end_column))


def _document(resource: Resource) -> Document:
    """Return the text that is wanted, read once more: the server says something of few."""
    document, _ = parse(resource.origin or "", resource.asked.text)
    if document is None:
        raise ValueError(f"{resource.origin} was read before, and cannot be read now")
    return document


def _warnings(verdict: Verdict, declared: Collection[Key], data: Mapping[str, Any]) -> Iterator[Finding]:
    for warning in verdict.warnings:
        missing = _NO_SUBFLOW.search(warning)
        if not (missing and Key(FLOW, missing["namespace"], missing["id"]) in declared):
            yield Finding((), warning, severity=Severity.WARNING)
    for path in verdict.deprecation_paths:
        yield Finding(place(f"{path}: ", data), f"`{path}` is deprecated", severity=Severity.WARNING)


def _split(constraints: str) -> list[str]:
    """Return one message for each constraint: violations are one per line, the YAML reader's message is whole."""
    text = constraints.strip()
    return [text] if text.startswith(_ONE_TEXT) or _SYNTAX.search(text) else text.splitlines()
