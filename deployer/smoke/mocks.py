"""Makes the fixtures that an engine is sent of those that a suite has. Pure.

Kestra 1.x mocks one iteration of a loop by its value. In 2.x an iteration is an execution of its own whose task runs
have no value: so one fixture mocks them all there, and its outputs choose by `item.value`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from deployer.model.smoke import SmokeCase, TaskFixture
from deployer.model.version import Dialect


def fixtures(case: SmokeCase, dialect: Dialect) -> dict[str, Any] | None:
    """Return what of a case is mocked, as Kestra's class Fixtures reads it; None if nothing is."""
    if not (case.mocks or case.files):
        return None
    tasks = case.tasks if dialect is Dialect.V1 else [*_merged(case.tasks)]
    found: dict[str, Any] = {"tasks": [_task(each) for each in tasks], "files": dict(case.files)}
    if case.trigger:
        found["trigger"] = {
            "id": case.trigger.id,
            "type": case.trigger.type,
            "variables": dict(case.trigger.variables),
        }
    return found


def _task(fixture: TaskFixture) -> dict[str, Any]:
    found: dict[str, Any] = {"id": fixture.id, "state": fixture.state, "outputs": dict(fixture.outputs)}
    if fixture.value is not None:
        found["value"] = fixture.value
    if fixture.assets:
        found["assets"] = [*fixture.assets]
    return found


def _merged(tasks: Sequence[TaskFixture]) -> Iterator[TaskFixture]:
    """Yield one fixture for each task, without a value."""
    by_id: dict[str, list[TaskFixture]] = {}
    for each in tasks:
        by_id.setdefault(each.id, []).append(each)
    for name, same in by_id.items():
        if len(same) == 1 and same[0].value is None:
            yield same[0]
            continue
        keys = dict.fromkeys(key for each in same for key in each.outputs)
        outputs = {key: _choice({each.value: each.outputs.get(key) for each in same}) for key in keys}
        yield TaskFixture(id=name, state=same[0].state, outputs=outputs, assets=same[0].assets, route=same[0].route)


def _choice(by_value: Mapping[str | None, Any]) -> Any:
    """Return a template that gives the output for the value of an iteration; that for no value is for all others.

    What is the same for all is no template; of mappings, and of lists of one length, each value is one.
    """
    outputs = [*by_value.values()]
    if all(output == outputs[0] for output in outputs):
        return outputs[0]
    if all(isinstance(output, Mapping) for output in outputs):
        keys = dict.fromkeys(key for output in outputs for key in output)
        return {key: _choice({value: output.get(key) for value, output in by_value.items()}) for key in keys}
    if all(isinstance(output, list) and len(output) == len(outputs[0]) for output in outputs):
        return [_choice({value: each[at] for value, each in by_value.items()}) for at in range(len(outputs[0]))]
    cases = [(value, _text(output)) for value, output in by_value.items() if value is not None]
    text = "".join(
        f"{{% {'elseif' if number else 'if'} item.value == {_quoted(value)} %}}{output}"
        for number, (value, output) in enumerate(cases)
    )
    other = f"{{% else %}}{_text(by_value[None])}" if None in by_value else ""
    return f"{text}{other}{{% endif %}}" if cases else _text(by_value.get(None))


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
