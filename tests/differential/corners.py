"""Corners that people seldom get into, each a flow: what the engines make of them is often a fault of their own."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from differential.samples import Base

HEAD = "id: corner\nnamespace: company.team\n"
TASKS = "tasks:\n  - id: say\n    type: io.kestra.plugin.core.log.Log\n    message: hello\n"
INNER = "      - id: {id}\n        type: io.kestra.plugin.core.log.Log\n        message: hello\n"
DAG = "tasks:\n  - id: dag\n    type: io.kestra.plugin.core.flow.Dag\n    tasks:\n"
SUBFLOW = (
    "tasks:\n  - id: call\n    type: io.kestra.plugin.core.flow.Subflow\n    namespace: a\n    flowId: b\n    labels:\n"
)
EACH = (
    "tasks:\n  - id: each\n    type: io.kestra.plugin.core.flow.ForEachItem\n    items: a\n    namespace: a\n"
    "    flowId: b\n"
)
SCHEDULE = "triggers:\n  - id: daily\n    type: io.kestra.plugin.core.trigger.Schedule\n"
LABELS = {
    "a text": "- key: a\n  value: x",
    "a number": "- key: a\n  value: 5",
    "a fraction": "- key: a\n  value: 1.5",
    "a truth": "- key: a\n  value: true",
    "nothing": "- key: a\n  value: ~",
    "no value": "- key: a",
    "no key": "- value: a",
    "a number as key": "- key: 5\n  value: a",
    "a list": "- key: a\n  value: [b]",
    "a mapping": "- key: a\n  value: {b: c}",
    "no mapping": "- a",
    "an empty item": "- ~",
    "a mapping of a number": "a: 5",
    "a mapping of nothing": "a: ~",
    "a mapping of a list": "a: [b]",
}
CRONS = (
    "L",
    "L-1",
    "L-0",
    "L-31",
    "L-32",
    "l",
    "1,L",
    "L,L",
    "LW",
    "15W",
    "W",
    "?",
    "1-L",
    "32-L",
    "1-L/2",
    "1-L/40",
    "L/2",
    "L-1/2",
    "L-",
    "L-1-3",
    "L-L",
    "*/L",
)
DEFAULTS = {
    "empty item": "- ~",
    "no type": "- type: ''\n  values: {level: WARN}",
    "blank type": "- type: ' '\n  values: {level: WARN}",
    "nothing unknown": "- type: io.kestra.plugin.core.log.Log\n  values: {nope: ~}",
}
RETRIES = {
    "constant": "type: constant\ninterval: PT1S\nmaxAttempt: 0",
    "random": "type: random\nminInterval: PT1S\nmaxInterval: PT2S\nmaxAttempt: -1",
    "exponential": "type: exponential\ninterval: PT1S\nmaxInterval: PT2S\nmaxAttempt: 0",
    "constant again": "type: constant\ninterval: PT1S\nmaxAttempt: 1",
}
NO_BREAK = {  # a no-break space is no blank for Java
    "disabled": TASKS + "    disabled: true\u00a0\n",
    "logLevel": TASKS + "    logLevel: INFO\u00a0\n",
    "interval": TASKS + "    retry:\n      type: constant\n      interval: PT1S\u00a0\n",
    "after": TASKS + "inputs:\n  - id: day\n    type: DATE\n    after: 2024-01-01\u00a0\n",
    "message": TASKS.replace("hello", "'\u00a0'"),
}
INPUTS = {
    "two of one name": "  - name: a\n    type: STRING\n  - name: a\n    type: STRING\n",
    "a name and an id": "  - name: a\n    type: STRING\n  - id: a\n    type: STRING\n",
    "a name beside an id": "  - id: b\n    name: a\n    type: STRING\n  - id: a\n    type: STRING\n",
}
BOTH_NAMES = {  # an old name and the new one: which value counts
    ("checks:\n  - message: hello\n", 4): ("when", "condition", ("hello", "''", "~")),
    (f"{TASKS}    retry:\n      type: constant\n      interval: PT1S\n", 6): ("maxAttempts", "maxAttempt", (3, 0, "~")),
    ("inputs:\n  - type: STRING\n", 4): ("id", "name", ("hello", "''", "~")),
}
BOUNDS = {  # each bound with each default
    "DURATION": (("min", "max"), (1.5, "'2'", "PT1.5S", 5), ("PT1S", "PT2S", "PT1M")),
    "DATE": (("after", "before"), (18262, "[2020, 1, 1]", "2020-01-01T10:00:00"), ("2019-12-31", "2020-01-02")),
    "DATETIME": (
        ("after", "before"),
        (1577836800, "'1577836800.5'", 1577836800.5),
        ("2020-01-01T00:00:00Z", "2020-01-01T00:00:00.6Z", "2019-12-31T23:59:59Z"),
    ),
    "TIME": (("after", "before"), ("[10, 30]", "[10, 30, 5]", "'10:30'"), ("'10:29'", "'10:31'")),
    "FLOAT": (("min", "max"), ("5d", "'+INF'", "1e1"), (1, "2e1")),
}


def corners() -> Iterator[Base]:
    """Yield every one."""
    for name, text in _corners():
        yield Base(f"corners/{name}", HEAD + text)


def _corners() -> Iterator[tuple[str, str]]:
    for name, text in LABELS.items():
        yield f"labels of the flow, {name}", f"{TASKS}labels:\n{_indented(text, 2)}"
        yield f"labels of a task, {name}", f"{SUBFLOW}{_indented(text, 6)}"
        yield f"labels of a trigger, {name}", f"{TASKS}{SCHEDULE}    cron: '@daily'\n    labels:\n{_indented(text, 6)}"
    for day in CRONS:
        yield f"cron, {day}", f"{TASKS}{SCHEDULE}    cron: '0 0 {day} * *'\n"
        yield f"cron with seconds, {day}", f"{TASKS}{SCHEDULE}    withSeconds: true\n    cron: '0 0 0 {day} * *'\n"
    for name, text in DEFAULTS.items():
        for field in ("pluginDefaults", "taskDefaults"):
            yield f"{field}, {name}", f"{TASKS}{field}:\n{_indented(text, 2)}"
    for name, text in RETRIES.items():
        yield f"retry, {name}", f"{TASKS}    retry:\n{_indented(text, 6)}"
        yield f"retry of the flow, {name}", f"{TASKS}retry:\n{_indented(text, 2)}"
    for name, text in NO_BREAK.items():
        yield f"no-break space, {name}", text
    for name, text in INPUTS.items():
        yield f"inputs, {name}", f"{TASKS}inputs:\n{text}"
    for name, trigger in {"Webhook": "key: abc", "Schedule": "cron: '@daily'"}.items():
        head = f"triggers:\n  - id: one\n    type: io.kestra.plugin.core.trigger.{name}\n    {trigger}\n"
        yield f"a task among the conditions of a {name}", f"{TASKS}{head}    conditions:\n{INNER.format(id='x')}"
    for more in ("", ', when: "{{ true }}"'):
        trigger = f"{{id: one, type: io.kestra.plugin.core.trigger.Flow, dependsOn: [null]{more}}}"
        yield f"an empty dependency{more}", f"{TASKS}triggers:\n  - {trigger}\n"
    yield from _of_both_names()
    yield from _bounded()
    yield "an empty entry of a Dag", f"{DAG}      - ~\n"
    yield "an empty listener", f"{TASKS}listeners:\n  - ~\n"
    yield "tasks of a ForEachItem", f"{EACH}    tasks:\n{INNER.format(id='each')}"
    yield "errors of a ForEachItem", f"{EACH}    errors:\n{INNER.format(id='each')}"


def _of_both_names() -> Iterator[tuple[str, str]]:
    for (head, by), (name, old, values) in BOTH_NAMES.items():
        tasks = "" if head.startswith(TASKS) else TASKS
        for order in ((name, old), (old, name)):
            for first, second in product(values, values):
                lines = f"{order[0]}: {first}\n{order[1]}: {second}"
                yield f"both names, {lines}", f"{tasks}{head}{_indented(lines, by)}"


def _bounded() -> Iterator[tuple[str, str]]:
    for kind, (names, bounds, defaults) in BOUNDS.items():
        for name, bound, default in product(names, bounds, defaults):
            line = f"id: a, type: {kind}, {name}: {bound}, defaults: {default}"
            yield f"a bound, {line}", f"{TASKS}inputs:\n  - {{{line}}}\n"


def _indented(text: str, by: int) -> str:
    return "".join(f"{' ' * by}{line}\n" for line in text.splitlines())
