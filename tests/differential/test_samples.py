"""The flows that mistakes are made in: each is one that Kestra takes, and together they use all there is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from differential.mutants import mutants
from differential.oracle import Oracle
from differential.samples import minimal, place_of, samples

from deployer.language.types import FLOW, types_of
from deployer.model.version import NAMES
from deployer.parsing.parse import parse

CORE = "io.kestra.plugin.core."
TEMPLATES = "flows with templates are refused where templates are not switched on, as they are not by default"
PAID = "only the Enterprise edition takes it"
KESTRAS_OWN = "is Kestra's to set"
NOT_IN_SAMPLES = {
    f"{CORE}flow.Template": TEMPLATES,
    "REUSABLE_INPUTS": PAID,
    "quotas": PAID,
    **dict.fromkeys(("deleted", "draft", "revision", "source", "tenantId", "updated"), KESTRAS_OWN),
}
"""What no sample uses, and why."""
NO_CASES = "has neither cases nor defaults, of which it must have one"
NEVER_WRITTEN = "is a task that Kestra makes while it runs another"
REFUSED = {
    f"{CORE}flow.Switch": NO_CASES,
    f"{CORE}flow.Template": TEMPLATES,
    f"{CORE}flow.Template$ExecutorTemplate": NEVER_WRITTEN,
    f"{CORE}flow.ForEachItem$ForEachItemExecutable": NEVER_WRITTEN,
}
"""Types of plugins of which the engine refuses one that has no more than it must, and why."""


def values(data: Any) -> Iterator[tuple[str, Any]]:
    """Every key and value of a flow."""
    for key, value in data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ():
        yield str(key), value
        yield from values(value)


def documents(version: str) -> list[Any]:
    read = [parse(sample.name, sample.text)[0] for sample in samples(version)]
    return [document.data for document in read if document]


@pytest.mark.engine
@pytest.mark.parametrize("version", NAMES)
def test_the_engine_takes_every_sample(version: str, asked: Callable[[str], Oracle]) -> None:
    flows = samples(version)
    verdicts = zip(flows, asked(version).verdicts([flow.text for flow in flows]), strict=True)
    assert {flow.name: says for flow, says in verdicts if says} == {}


@pytest.mark.engine
@pytest.mark.parametrize("version", NAMES)
def test_the_engine_takes_every_plugin_that_has_what_it_must(version: str, asked: Callable[[str], Oracle]) -> None:
    types = types_of(version)
    flows = minimal(types)
    refused = set()
    for flow, says in zip(flows, asked(version).verdicts([flow.text for flow in flows]), strict=True):
        if says:
            refused.add(types.plugins[flow.name.removeprefix("minimal/")])
    assert refused == REFUSED.keys() & {*types.plugins.values()}


@pytest.mark.parametrize("version", NAMES)
def test_the_samples_use_every_type_of_plugin(version: str) -> None:
    types = types_of(version)
    written = {value for data in documents(version) for key, value in values(data) if key == "type"}
    used = {types.plugins.get(str(each)) for each in written}
    known = {cls for cls in types.plugins.values() if place_of(cls, types) and "$" not in cls}
    assert known - used - NOT_IN_SAMPLES.keys() == set()


@pytest.mark.parametrize("version", NAMES)
def test_the_samples_use_every_type_of_input_retry_and_the_like(version: str) -> None:
    written = {str(value) for data in documents(version) for key, value in values(data) if key == "type"}
    known = {word for poly in types_of(version).polys.values() for word in poly["of"]}
    assert known - written - NOT_IN_SAMPLES.keys() == set()


@pytest.mark.parametrize("version", NAMES)
def test_the_samples_use_every_property_of_a_flow(version: str) -> None:
    used = {key for data in documents(version) for key in data}
    assert types_of(version).types[FLOW]["props"].keys() - used - NOT_IN_SAMPLES.keys() == set()


@pytest.mark.untraced
def test_the_same_seed_makes_the_same_mistakes() -> None:
    types, flows = types_of("1.3"), samples("1.3")
    made = [mutant.text for mutant in mutants(flows, types, 5, 100)]
    assert [mutant.text for mutant in mutants(flows, types, 5, 100)] == made
    assert len(set(made)) == 100
    assert not {flow.text for flow in flows} & {*made}
    assert [mutant.text for mutant in mutants(flows, types, 6, 100)] != made
