"""Stage 2: documents become problems. One file per check; the table of all is here."""

from __future__ import annotations

from collections.abc import Sequence

from deployer.check import duplicate_flow, identity
from deployer.check.base import Check, problem
from deployer.check.identity import flow_of
from deployer.model.document import Document
from deployer.model.flow import Flow
from deployer.model.problem import Problem

CHECKS = (
    Check("flow-identity", identity.check),
    Check("duplicate-flow", duplicate_flow.check),
)

__all__ = ["CHECKS", "check", "flow_of", "sound_flows"]


def check(documents: Sequence[Document]) -> list[Problem]:
    """Return what every check finds, in the order of the files."""
    return [problem(check.name, finding) for check in CHECKS for finding in check.run(documents)]


def sound_flows(documents: Sequence[Document], problems: Sequence[Problem]) -> list[Flow]:
    """Return the flows of the documents whose files no error was found in."""
    broken = {problem.file for problem in problems if problem.stops}
    flows = (flow_of(document) for document in documents if document.file not in broken)
    return [flow for flow in flows if flow]
