"""What Kestra's own `validate` says about a flow: the final verdict, from the server that would store it.

Why: a flow that the server would refuse is found before anything is written.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from deployer.check.base import Finding, problem, without_secrets
from deployer.check.verdict import findings
from deployer.kestra.answers import Verdict
from deployer.kestra.client import KestraClient
from deployer.model.document import Document
from deployer.model.flow import Flow
from deployer.model.problem import Problem, Severity, Span
from deployer.model.secret import values
from deployer.model.sent import Sent
from deployer.redaction import hiding

NAME = "kestra-validate"
_NO_SUBFLOW = re.compile(r"subflow '(?P<id>[^']*)' not found in namespace '(?P<namespace>[^']*)'")
_SYNTAX = re.compile(
    r"line: (?P<line>[0-9]{1,9}), column: (?P<column>[0-9]{1,9})\]"
)  # a message of the server's YAML reader
_UNSAID = "Kestra refuses this flow, but does not say why"
_ONE_TEXT = ("Illegal flow yaml", "Unrecognized field", "Invalid type")


def check(
    client: KestraClient, flows: Sequence[tuple[Flow, Sent]], declared: Collection[tuple[str, str]] = ()
) -> list[Problem]:
    """Ask the server about all flows, hundreds in a request, and return its constraints and warnings as problems.

    The server judges what is sent; the place of a problem is in the file. `declared` are the flows (namespace, id) that
    the same run deploys: there is no warning about calls to them, although the server does not know them yet. A source
    that the server would cut in two is not judged here, but when it is written.
    """
    with hiding(secret for _, sent in flows for secret in values(sent.text)):
        verdicts = client.validate_flows([sent.text for _, sent in flows])
    judged = [(flow, sent, verdict) for (flow, sent), verdict in zip(flows, verdicts, strict=True) if verdict]
    return [each for flow, sent, verdict in judged for each in problems(flow.document, sent, verdict, declared)]


def problems(
    document: Document, sent: Sent, verdict: Verdict, declared: Collection[tuple[str, str]] = ()
) -> Iterator[Problem]:
    """Yield the problems of a verdict on what was sent for a document, at their places in the document."""
    refused = verdict.constraints is not None
    for constraint in (_split(verdict.constraints or "") or [_UNSAID]) if refused else ():
        if syntax := _SYNTAX.search(constraint):
            line, column = sent.line(int(syntax["line"])), int(syntax["column"])
            span = Span(line, column, line, column + 1)
            said = without_secrets(document.text)(constraint)
            yield Problem(NAME, said, document.file, span, excerpt=document.excerpt(span))
        else:
            yield from (problem(NAME, document, each) for each in findings(document, constraint))
    for finding in _warnings(verdict, declared):
        yield problem(NAME, document, finding)


def _warnings(verdict: Verdict, declared: Collection[tuple[str, str]]) -> Iterator[Finding]:
    for warning in verdict.warnings:
        missing = _NO_SUBFLOW.search(warning)
        if not (missing and (missing["namespace"], missing["id"]) in declared):
            yield Finding((), warning, severity=Severity.WARNING)
    for path in verdict.deprecation_paths:
        yield Finding((), f"`{path}` is deprecated", severity=Severity.WARNING)


def _split(constraints: str) -> list[str]:
    """Return one message for each constraint: violations are one per line, the YAML reader's message is whole."""
    text = constraints.strip()
    return [text] if text.startswith(_ONE_TEXT) or _SYNTAX.search(text) else text.splitlines()
