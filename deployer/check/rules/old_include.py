"""Whether a file is included with `[[> file]]`.

Why: only Kestra's old command line replaced that by the file. Every other tool, including this one, sends it unchanged,
and the task receives `[[> file]]` itself.

Bad:  `script: "[[> report.py]]"`
Good: `script: "{{ read('report.py') }}"` and `report.py` as a namespace file
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from deployer.check.base import Check, Finding, FlowFile
from deployer.model.problem import Severity

_INCLUDE = re.compile(r"\[\[>\s*([^\]\n]+?)\s*\]\]")


def check(flow: FlowFile) -> Iterator[Finding]:
    """Yield a warning for every string that contains an include."""
    if "[[>" not in flow.document.text:
        return
    for route, text in flow.texts:
        if match := _INCLUDE.search(text):
            message = f"`{match[0]}` is not replaced by the file: only Kestra's old command line did that"
            hint = f"make it a namespace file, and write {{{{ read('{match[1]}') }}}}"
            yield Finding(route, message, hint)


CHECK = Check("old-include", __doc__, level=Severity.WARNING, each=check)
