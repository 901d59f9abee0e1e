"""Whether the flow keeps clear of tasks that Kestra has but does not let a flow use.

Why: templates are switched off since long (and gone in 2.0); some types are only parts of others, such as what a
`ForEachItem` makes of itself. Kestra refuses a flow with one.

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
"""What Kestra gives these tasks itself, when it makes them of others."""


def faults(asked: Asked, types: Types) -> Iterator[Finding]:
    """Yield a fault at every task that no flow can use."""
    for task in tasks(asked.part, types):
        if task.cls == _TEMPLATE:
            yield Finding((*task.route, "type"), "templates are switched off", "use a `Subflow`")
        elif (lacking := _LACKS.get(task.cls)) and task.value.get(lacking) is None:
            yield Finding((*task.route, "type"), "this is no task by itself, but a part of another")


CHECK = Check("unusable-task", __doc__, on={"FlowValidation": faults})
