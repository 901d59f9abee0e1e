"""The flow that checks and deploys are measured with: of the size that most are."""

from __future__ import annotations

NAMESPACE = "company.bench"
FLOW = """id: flow-{number}
namespace: {namespace}
description: A flow of the size that most are
labels:
  team: bench
  stage: production
inputs:
  - id: who
    type: STRING
    defaults: you
  - id: times
    type: INT
    defaults: 3
tasks:
  - id: say
    type: io.kestra.plugin.core.log.Log
    message: hello {{{{ inputs.who }}}}, {{{{ inputs.times }}}} times
  - id: shout
    type: io.kestra.plugin.core.output.OutputValues
    values:
      loud: "{{{{ inputs.who | upper }}}}"
"""


def flow(number: int, more: str = "", *, namespace: str = NAMESPACE) -> str:
    """Return the text of the flow with this number, with more lines at its end."""
    return FLOW.format(number=number, namespace=namespace) + more
