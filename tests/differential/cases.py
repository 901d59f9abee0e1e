"""The flows that the test suite has judged: always the same, as many as each version is worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from differential import families, scripts
from differential.corners import corners
from differential.inputs import inputs
from differential.mutants import Mutant, mutants, unspoilt
from differential.oracle import Oracle
from differential.ours import known_types
from differential.samples import Base, corpus, minimal, samples
from engine.made_plugin import kept_plugin
from engine.plugin_jars import plugin_fs

from deployer.model.version import NAMES

SEED = 2026
COUNTS = {**dict.fromkeys(NAMES, 500), "1.3": 2000, "2.0": 2000}
"""How many flows with mistakes are made of ours; of Kestra's own, a quarter."""
WITH_PLUGIN = 500
WITH_SCRIPTS = 300
PLUGIN = "io.kestra.plugin.fs."
PLUGIN_FLOW = """\
id: exchange
namespace: company.data
tasks:
  - id: list
    type: io.kestra.plugin.fs.sftp.Downloads
    host: files.example.com
    port: "22"
    username: ann
    password: "{{ secret('FILES') }}"
    from: /outgoing
    action: MOVE
    moveDirectory: /done
    regExp: ".*\\\\.csv"
    recursive: true
  - id: run
    type: io.kestra.plugin.fs.ssh.Command
    host: files.example.com
    username: ann
    password: pw
    authMethod: PASSWORD
    strictHostKeyChecking: "no"
    env:
      A: b
    commands:
      - ls
triggers:
  - id: arrived
    type: io.kestra.plugin.fs.ftp.Trigger
    host: files.example.com
    from: /incoming
    action: DELETE
    interval: PT1M
"""
FLOW = """\
id: hello
namespace: company.team
tasks:
  - id: say
    type: io.kestra.plugin.core.log.Log
    message: hello
"""
ODD = {
    FLOW: True,
    FLOW.replace("message", "massage"): False,
    FLOW.replace("core.log.Log\n    message: hello", "core.trigger.Webhook\n    key: abc"): False,  # validate throws
    FLOW + "    message: hello\n": False,  # validate takes it, a creation does not
    FLOW.replace("hello", "goodbye"): True,
    FLOW + "---\n" + FLOW: True,
    FLOW.replace("core.log.Log", "fs.ssh.Command"): False,  # a plugin that it does not have
}
"""Flows that an engine is not asked about as it is about others, and whether it takes them."""


@dataclass(frozen=True, slots=True)
class Case:
    """Flows for one engine, as they are and with mistakes."""

    oracle: Oracle
    flows: Sequence[Mutant]


@cache
def ours(version: str) -> Case:
    """Return our own flows and one for each plugin."""
    oracle = Oracle(version)
    return _case(oracle, [*samples(version), *minimal(known_types(oracle))], COUNTS[version])


@cache
def kestras(version: str) -> Case:
    """Return Kestra's own test flows."""
    return _case(Oracle(version), corpus(), COUNTS[version] // 4)


@cache
def in_corners(version: str) -> Case:
    """Return flows that people seldom write, as they are."""
    return Case(Oracle(version), unspoilt([*corners(), *inputs()]))


@cache
def misplaced(version: str) -> Case:
    """Return flows with types where those of another family have to stand, as they are."""
    oracle = Oracle(version)
    return Case(oracle, unspoilt([*families.sample(known_types(oracle))]))


@cache
def of_a_plugin(version: str) -> Case:
    """Return flows with a plugin that is not in Kestra's core, whose engine has it."""
    oracle = Oracle(version, (plugin_fs(),))
    bases = [flow for flow in minimal(known_types(oracle)) if PLUGIN in flow.text and "core.http" not in flow.text]
    return _case(oracle, [Base("exchange", PLUGIN_FLOW), *bases], WITH_PLUGIN)


@cache
def of_scripts(version: str) -> Case:
    """Return flows with a plugin that builds on the server's own classes for scripts."""
    oracle = Oracle(version, (kept_plugin(),))
    flows = [*scripts.flows()]
    return Case(oracle, [*unspoilt(flows), *mutants(flows, known_types(oracle), SEED, WITH_SCRIPTS)])


def _case(oracle: Oracle, bases: Sequence[Base], count: int) -> Case:
    flows = mutants(bases, known_types(oracle), SEED, count) if bases else []
    return Case(oracle, [*unspoilt(bases), *flows])
