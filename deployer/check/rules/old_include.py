"""Whether a file is included with `[[> file]]`.

Why: only Kestra's own old command line put the file there. Everything else, this deployer too, sends the text as it
stands, and the task gets `[[> file]]` itself.

Bad:  `script: "[[> report.py]]"`
Good: `script: "{{ read('report.py') }}"` and `report.py` among the namespace's files
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from deployer.check.base import Check, Finding, FlowFile
from deployer.model.problem import Severity

_INCLUDE = re.compile(r"\[\[>\s*([^\]\n]+?)\s*\]\]")


def check(flow: FlowFile) -> Iterator[Finding]:
    """Yield a warning for every text with an include in it."""
    if "[[>" not in flow.document.text:
        return
    for route, text in flow.texts:
        if match := _INCLUDE.search(text):
            message = f"`{match[0]}` is not replaced by the file: only Kestra's old command line did that"
            hint = f"make it a file of the namespace, and write {{{{ read('{match[1]}') }}}}"
            yield Finding(route, message, hint, Severity.WARNING)


CHECK = Check("old-include", __doc__, level=Severity.WARNING, each=check)
