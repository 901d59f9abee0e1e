"""What Kestra's own `validate` says of a flow: the verdict that counts, from the server that would store it.

Why: a flow that the server refuses is found before anything is written.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from deployer.check.base import Finding, problem
from deployer.kestra.answers import Verdict
from deployer.kestra.client import KestraClient
from deployer.model.flow import Flow
from deployer.model.problem import Problem, Severity

NAME = "kestra-validate"
_NO_SUBFLOW = re.compile(r"subflow '(?P<id>[^']*)' not found in namespace '(?P<namespace>[^']*)'")
_ONE_TEXT = ("Illegal flow yaml", "Unrecognized field", "Invalid type")


def check(client: KestraClient, flows: Sequence[Flow], declared: Collection[tuple[str, str]] = ()) -> list[Problem]:
    """Ask the server about all flows, hundreds in a request, and return its constraints and warnings as problems.

    `declared` are the flows (namespace, id) that the same run deploys: that the server does not know them yet is no
    reason to warn of their callers. A text that cannot be sent without being cut is not judged here, but by the server
    when it is written.
    """
    verdicts = client.validate_flows([flow.document.text for flow in flows])
    judged = [(flow, verdict) for flow, verdict in zip(flows, verdicts, strict=True) if verdict]
    return [problem(NAME, finding) for flow, verdict in judged for finding in _findings(flow, verdict, declared)]


def _findings(flow: Flow, verdict: Verdict, declared: Collection[tuple[str, str]]) -> Iterator[Finding]:
    for constraint in _split(verdict.constraints or ""):
        yield Finding(flow.document, (), constraint)
    for warning in verdict.warnings:
        missing = _NO_SUBFLOW.search(warning)
        if not (missing and (missing["namespace"], missing["id"]) in declared):
            yield Finding(flow.document, (), warning, severity=Severity.WARNING)
    for path in verdict.deprecation_paths:
        yield Finding(flow.document, (), f"`{path}` is deprecated", severity=Severity.WARNING)


def _split(constraints: str) -> list[str]:
    """Return one text for each constraint: violations stand a line each, what the YAML reader says is one text."""
    text = constraints.strip()
    return [text] if text.startswith(_ONE_TEXT) else text.splitlines()
