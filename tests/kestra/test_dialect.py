"""Which family of paths a server's version stands for."""

from __future__ import annotations

import pytest
from kestra.scripted import scripted
from pytest_httpserver import HTTPServer

from deployer.kestra.answers import UnexpectedShapeError
from deployer.kestra.dialect import UnsupportedVersionError, kind_filter, server_info
from deployer.model.version import Dialect


@pytest.mark.parametrize(
    ("version", "dialect", "noted"),
    [
        ("1.0.0", Dialect.V1, False),
        ("1.3.31", Dialect.V1, False),
        ("1.4.0-SNAPSHOT", Dialect.V1, False),
        ("1.12", Dialect.V1, False),
        ("v1.3.0", Dialect.V1, False),
        ("2.0.0", Dialect.V2, False),
        ("2.0.0-rc1", Dialect.V2, False),
        ("2.4.0-SNAPSHOT", Dialect.V2, True),
        ("3.0.0", Dialect.V2, True),
        ("10.0.0", Dialect.V2, True),
    ],
)
def test_a_version_stands_for_a_dialect(version: str, dialect: Dialect, noted: bool) -> None:
    info = server_info({"version": version})
    assert (info.version, info.dialect) == (version, dialect)
    assert bool(info.note) is noted
    assert not noted or (version in info.note and "treated as 2.x" in info.note)


@pytest.mark.parametrize("version", ["0.21.0", "0.24.3-SNAPSHOT"])
def test_a_version_below_1_0_is_not_supported(version: str) -> None:
    with pytest.raises(UnsupportedVersionError, match=version):
        server_info({"version": version})


@pytest.mark.parametrize(
    ("configs", "treat_as", "dialect"),
    [
        ({"version": "0.24.3"}, "1.3", Dialect.V1),
        ({"version": "nightly"}, "2.0", Dialect.V2),
        ({}, "2.0", Dialect.V2),
        ({"version": "2.0.0"}, "1.3", Dialect.V1),
    ],
)
def test_a_version_is_treated_as_the_one_that_is_asked_for_and_says_so(
    configs: dict[str, str], treat_as: str, dialect: Dialect
) -> None:
    info = server_info(configs, treat_as)
    assert info.dialect is dialect
    assert bool(info.note) is bool(configs)
    assert not configs or (treat_as in info.note and configs["version"] in info.note)


def test_a_version_that_is_what_was_asked_for_is_nothing_to_speak_of() -> None:
    assert not server_info({"version": "1.3.31"}, "1.3").note


@pytest.mark.parametrize("configs", [{}, {"version": None}, {"version": 1.3}, {"version": "latest"}, [], "1.3.0"])
def test_an_answer_without_a_version_is_none_of_kestras(configs: object) -> None:
    with pytest.raises(UnexpectedShapeError):
        server_info(configs)


def test_the_edition_is_kept() -> None:
    assert server_info({"version": "1.3.0", "edition": "EE"}).edition == "EE"


@pytest.mark.parametrize(("version", "known"), [("1.0.9", False), ("1.1.15", False), ("1.2.0", True), ("2.0.0", True)])
def test_searching_by_kind_is_known_from_1_2(version: str, known: bool) -> None:
    assert kind_filter(server_info({"version": version})) is known


@pytest.mark.parametrize(
    ("version", "kill", "outputs", "logs"),
    [
        ("1.3.31", "/executions/X/kill", "/executions/X", "minLevel"),
        ("2.0.0", "/executions/X/actions/kill", "/outputs/executions/X", "filters[level][GREATER_THAN_OR_EQUAL_TO]"),
    ],
)
def test_the_paths_follow_the_dialect(httpserver: HTTPServer, version: str, kill: str, outputs: str, logs: str) -> None:
    execution = {"id": "X", "namespace": "a", "flowId": "f", "state": {"current": "SUCCESS"}, "outputs": {"n": 1}}
    httpserver.expect_request("/api/v1/configs").respond_with_json({"version": version})
    httpserver.expect_request(f"/api/v1/main{kill}", method="DELETE").respond_with_data("", status=202)
    httpserver.expect_request("/api/v1/main/executions/X").respond_with_json(execution)
    httpserver.expect_request("/api/v1/main/outputs/executions/X").respond_with_json({"n": 1})
    httpserver.expect_request("/api/v1/main/logs/X", query_string={logs: "WARN"}).respond_with_json([{"message": "hi"}])
    with scripted(httpserver.url_for("")) as it:
        it.client.kill_execution("X")
        assert it.client.outputs_from_execution("X") == {"n": 1}
        assert [entry.message for entry in it.client.list_logs_from_execution("X", min_level="WARN")] == ["hi"]
    asked = [request.path.removeprefix("/api/v1/main") for request, _ in httpserver.log]
    assert asked == ["/api/v1/configs", kill, outputs, "/logs/X"]
