"""Whether the flow uses tasks that Kestra has but does not allow in a flow.

Why: templates have long been disabled (and are gone in 2.0); some types are only parts of others, such as those that a
`ForEachItem` creates. Kestra refuses a flow that uses one.

Bad:  `type: io.kestra.plugin.core.flow.Template`
Good: `type: io.kestra.plugin.core.flow.Subflow`
"""

from __future__ import annotations

from collections.abc import Iterator

from deployer.check.base import Check, Finding
from deployer.language.constraints import Asked
from deployer.language.tasks import tasks
from deployer.language.types import Types

_TEMPLATE = "io.kestra.plugin.core.flow.Template"
_LACKS = {
    f"{_TEMPLATE}$ExecutorTemplate": "template",
    "io.kestra.plugin.core.flow.ForEachItem$ForEachItemExecutable": "subflowId",
}
"""The property that Kestra itself sets when it creates these tasks from others."""


def faults(asked: Asked, types: Types) -> Iterator[Finding]:
    """Yield a finding for every task that a flow cannot use."""
    for task in tasks(asked.part, types):
        if task.cls == _TEMPLATE:
            yield Finding((*task.route, "type"), "templates are disabled", "use a `Subflow`")
        elif (lacking := _LACKS.get(task.cls)) and task.value.get(lacking) is None:
            yield Finding((*task.route, "type"), "this is not a task of its own, but part of another")


CHECK = Check("unusable-task", __doc__, on={"FlowValidation": faults})
