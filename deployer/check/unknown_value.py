"""Whether a value that has to be one of a few words is one of them.

Why: Kestra cannot read any other word, nor the same in other case.

Bad:  `level: warn`
Good: `level: WARN`
"""

from __future__ import annotations

from collections.abc import Iterator

from deployer.check.base import Finding, Folder
from deployer.check.words import meant


def check(folder: Folder) -> Iterator[Finding]:
    """Yield a finding for every word that is not known where it stands."""
    for flow in folder.flows:
        for misread in flow.read.misreads:
            if misread.kind == "unknown-word":
                hint = meant(misread.name, misread.known) or f"one of {', '.join(misread.known)}"
                yield flow.finding(misread.route, f"`{misread.name}` is not a word that is known here", hint)
