"""Every endpoint that is served answers what Kestra's own specification says: status, content type, JSON."""

from __future__ import annotations

from itertools import chain

import httpx
import pytest
from shared import needs_shared
from specification.document import objections, operation
from specification.patches import PATCHES
from specification.steps import STEPS, Step
from specification.tenant import ask

from deployer.engine.http.exchange.route import Route
from deployer.engine.http.resources import RESOURCES
from deployer.engine.process.launch import RunningEngine
from deployer.model.version import VERSIONS, KestraVersion

pytestmark = needs_shared

Answered = tuple[Step, Route, httpx.Response]

ROUTES = list(chain.from_iterable(resource.ROUTES for resource in RESOURCES))


def specified(version: KestraVersion) -> list[Route]:
    """The routes that a version serves and the specification has."""
    return [
        route
        for route in ROUTES
        if route.serves(version.name) and operation(version.dialect, route.method, route.template) is not None
    ]


def asked(version: KestraVersion) -> list[tuple[Step, Route]]:
    """The requests to make of a version, each with its route."""
    routes = {(route.method, route.path): route for route in specified(version)}
    return [(step, routes[step.method, step.path]) for step in STEPS if (step.method, step.path) in routes]


asked_of = pytest.mark.parametrize(
    "kestra", [pytest.param("1.0", marks=pytest.mark.thorough), "1.3", "2.0"], indirect=True, scope="session"
)


@pytest.fixture(scope="module")
def answers(any_engine: RunningEngine) -> list[Answered]:
    """What an engine answers to each request of `asked`."""
    steps = asked(any_engine.version)
    return [(*step, answer) for step, answer in zip(steps, ask(any_engine, [step for step, _ in steps]), strict=True)]


@pytest.mark.parametrize("version", VERSIONS, ids=lambda version: version.name)
def test_every_specified_endpoint_that_is_served_is_asked(version: KestraVersion) -> None:
    exercised = {(step.method, step.path) for step in STEPS}

    assert [
        f"{each.method} {each.path}" for each in specified(version) if (each.method, each.path) not in exercised
    ] == []


def test_every_request_is_to_an_endpoint() -> None:
    served = {(route.method, route.path) for route in ROUTES}

    assert [f"{step.method} {step.path}" for step in STEPS if (step.method, step.path) not in served] == []


@asked_of
def test_every_answer_is_what_the_specification_says(any_engine: RunningEngine, answers: list[Answered]) -> None:
    failed = [f"{step.method} {step.path}: {got.text}" for step, _, got in answers if got.is_success == step.refused]
    found = [
        f"{step.method} {step.path} {step.run}: {objection}"
        for step, route, answer in answers
        for objection in objections(answer, any_engine.version, route.template, PATCHES)
    ]

    assert failed == []
    assert found == []


@asked_of
def test_every_patch_is_needed(any_engine: RunningEngine, answers: list[Answered]) -> None:
    version = any_engine.version
    unneeded = [
        patch
        for patch in PATCHES
        if version.name in patch.versions
        and not any(
            objections(answer, version, route.template, [each for each in PATCHES if each is not patch])
            for _, route, answer in answers
        )
    ]

    assert unneeded == []
