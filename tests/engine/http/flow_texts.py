"""Texts of small flows, for the tests beside it."""

from __future__ import annotations

YAML = {"content-type": "application/x-yaml"}
LOG = "io.kestra.plugin.core.log.Log"
SLEEP = "io.kestra.plugin.core.flow.Sleep"


def flow(identifier: str = "hello", namespace: str = "team.a", message: str = "hi", extra: str = "") -> str:
    """A flow of one task that logs; `extra` is whole lines put before its tasks."""
    task = f"  - id: say\n    type: {LOG}\n    message: {message}\n"
    return f"id: {identifier}\nnamespace: {namespace}\n{extra}tasks:\n{task}"


def unknown_type(identifier: str = "hello", namespace: str = "team.a") -> str:
    """A flow whose task is of a type that is nowhere installed."""
    return flow(identifier, namespace).replace(LOG, "io.kestra.plugin.nope.Nope")


def sleeper(seconds: float, identifier: str = "sleeper") -> str:
    """A flow that sleeps."""
    return f"id: {identifier}\nnamespace: team.a\ntasks:\n  - id: nap\n    type: {SLEEP}\n    duration: PT{seconds}S\n"


GREETER = """id: greeter
namespace: team.a
inputs:
  - id: who
    type: STRING
    defaults: you
  - id: count
    type: INT
    required: false
    max: 10
  - id: table
    type: FILE
    required: false
tasks:
  - id: say
    type: io.kestra.plugin.core.log.Log
    message: hello {{ inputs.who }}
  - id: warn
    type: io.kestra.plugin.core.log.Log
    level: WARN
    message: careful
  - id: shout
    type: io.kestra.plugin.core.output.OutputValues
    values:
      loud: "{{ inputs.who | upper }}"
outputs:
  - id: loud
    type: STRING
    value: "{{ outputs.shout.values.loud }}"
"""
