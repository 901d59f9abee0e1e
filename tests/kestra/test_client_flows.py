"""How many requests the flow endpoints take, and what they do with odd answers."""

from __future__ import annotations

import io
import json
import zipfile

import pytest
from kestra.scripted import answer, raw_server, scripted
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from deployer.errors import KestraError
from deployer.kestra.answers import Verdict

EXPORT = "/api/v1/main/flows/export/by-query"
COLLISION = '{"message": "Internal server error: duplicate entry: n-a-b.yml"}'


def archive(entries: dict[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name, text in entries.items():
            file.writestr(name, text)
    return buffer.getvalue()


def flows(first: int, count: int) -> list[dict[str, str]]:
    return [{"id": f"f{number}", "namespace": "a.b"} for number in range(first, first + count)]


@pytest.mark.parametrize(
    ("total", "largest", "requests"),
    [(0, 99_999, 1), (8, 99_999, 1), (1000, 99_999, 1), (1001, 99_999, 2), (250, 100, 3)],
)
def test_a_search_reads_all_pages_and_no_more(httpserver: HTTPServer, total: int, largest: int, requests: int) -> None:
    def page(request: Request) -> Response:
        size = min(int(request.args["size"]), largest)
        first = (int(request.args["page"]) - 1) * size
        results = flows(first, max(0, min(size, total - first)))
        return Response(json.dumps({"results": results, "total": total}))

    httpserver.expect_request("/api/v1/main/flows/search").respond_with_handler(page)
    with scripted(httpserver.url_for("")) as it:
        assert [flow.id for flow in it.client.search_flows()] == [f"f{number}" for number in range(total)]
    assert len(httpserver.log) == requests


def test_a_search_ends_where_flows_vanish_between_two_pages(httpserver: HTTPServer) -> None:
    for _ in range(2):  # without an order, and in order
        for results in (flows(0, 3), []):
            httpserver.expect_ordered_request("/api/v1/main/flows/search").respond_with_json(
                {"results": results, "total": 5}
            )
    with scripted(httpserver.url_for("")) as it:
        assert len(it.client.search_flows()) == 3


def test_pages_without_an_order_that_miss_a_flow_are_read_again_in_order(httpserver: HTTPServer) -> None:
    def page(request: Request) -> Response:
        first = (int(request.args["page"]) - 1) * 1000
        shown = first if "sort" in request.args else max(0, first - 1)  # the second page begins with the first's last
        return Response(json.dumps({"results": flows(shown, min(1000, 1500 - first)), "total": 1500}))

    httpserver.expect_request("/api/v1/main/flows/search").respond_with_handler(page)
    with scripted(httpserver.url_for("")) as it:
        assert len(it.client.search_flows()) == 1500
    assert [("sort" in request.args) for request, _ in httpserver.log] == [False, False, True, True]


@pytest.mark.parametrize(
    ("namespaces", "beginning"),
    [
        (["company.team"], b"filters%5Bnamespace%5D%5BSTARTS_WITH%5D=company.team&"),
        (["company.team", "company.tools"], b"filters%5Bnamespace%5D%5BSTARTS_WITH%5D=company.t&"),
        (["company.team", "sales"], b""),
        ([], b""),
    ],
)
def test_of_namespaces_only_what_they_begin_with_is_asked_for(namespaces: list[str], beginning: bytes) -> None:
    found = [{"id": "x", "namespace": each} for each in (*namespaces, "company.team.below", "of.others")]
    page = answer(200, json.dumps({"results": found, "total": len(found)}))
    with raw_server(page) as server, scripted(server.url) as it:
        assert {flow.namespace for flow in it.client.search_flows(namespaces)} == (
            set(namespaces) or {"company.team.below", "of.others"}
        )
        line = server.requests[0].split(b"\r\n")[0]
    assert beginning in line
    assert line.count(b"filters") == bool(beginning)
    assert b"sort" not in line


def test_an_export_gives_each_text_byte_for_byte_under_its_name(httpserver: HTTPServer) -> None:
    text = "\ufeff# é\r\nid: x\r\n\n\n"
    httpserver.expect_request(EXPORT).respond_with_data(archive({"a.b-x.yml": text}))
    with scripted(httpserver.url_for("")) as it:
        assert it.client.export_flows_by_query(["a.b"]) == {"a.b-x.yml": text}


def test_an_empty_archive_is_no_error(httpserver: HTTPServer) -> None:
    httpserver.expect_request(EXPORT).respond_with_data(archive({}))
    with scripted(httpserver.url_for("")) as it:
        assert it.client.export_flows_by_query() == {}


@pytest.mark.parametrize("status", [404, 406, 500])
def test_an_export_that_is_refused_is_never_an_empty_one(httpserver: HTTPServer, status: int) -> None:
    httpserver.expect_request(EXPORT).respond_with_data(f'{{"message": "No {status}"}}', status=status)
    with scripted(httpserver.url_for("")) as it, pytest.raises(KestraError, match=f"answered {status}"):
        it.client.export_flows_by_query(["a", "b"])
    assert len(httpserver.log) == 1


def test_an_export_that_fails_on_two_flows_with_one_name_is_asked_for_namespace_by_namespace(
    httpserver: HTTPServer,
) -> None:
    def export(request: Request) -> Response:
        match request.args.get("filters[namespace][EQUALS]"):
            case "n":
                return Response(archive({"n-a-b.yml": "id: a-b", "n-x.yml": "id: x"}))
            case "n-a":
                return Response(archive({"n-a-b.yml": "id: b", "n-a-y.yml": "id: y"}))
            case _:
                return Response(COLLISION, status=500, content_type="application/json")

    httpserver.expect_request(EXPORT).respond_with_handler(export)
    with scripted(httpserver.url_for("")) as it:
        assert it.client.export_flows_by_query(["n", "n-a"]) == {"n-x.yml": "id: x", "n-a-y.yml": "id: y"}
    assert len(httpserver.log) == 3


def test_a_text_that_1_x_would_cut_is_not_judged_and_the_others_keep_their_places(httpserver: HTTPServer) -> None:
    verdicts = [{"index": 1, "constraints": "bad"}, {"index": 0, "warnings": ["hm"]}]
    httpserver.expect_request("/api/v1/configs").respond_with_json({"version": "1.3.31"})
    httpserver.expect_request("/api/v1/main/flows/validate").respond_with_json(verdicts)
    with scripted(httpserver.url_for("")) as it:
        found = it.client.validate_flows(["id: a\n", "id: b\n---\nid: c\n", "id: d\n"])
    assert [verdict and (verdict.constraints, verdict.warnings) for verdict in found] == [
        (None, ("hm",)),
        None,
        ("bad", ()),
    ]


def test_2_x_gets_a_text_that_would_be_cut_as_a_part_of_its_own() -> None:
    verdict = answer(200, '[{"index": 0}]')
    script = (verdict, answer(200, '{"version": "2.0.0"}'), verdict)
    with raw_server(*script) as server, scripted(server.url) as it:
        assert it.client.validate_flows(["id: a\n", "id: b\n---\nid: c\n"]) == [Verdict(0), Verdict(0)]
        together, _, alone = server.requests
    assert together.endswith(b"\r\n\r\nid: a\n")
    assert alone.count(b'name="flows"; filename="') == 1
    assert b"\r\n\r\nid: b\n---\nid: c\n\r\n--" in alone


def test_nothing_to_validate_takes_no_request_beyond_the_version(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/api/v1/configs").respond_with_json({"version": "1.3.31"})
    with scripted(httpserver.url_for("")) as it:
        assert it.client.validate_flows([]) == []
    assert len(httpserver.log) <= 1


def test_an_answer_without_the_text_that_was_asked_for_is_no_flow_without_a_text() -> None:
    textless = answer(200, '{"id": "x", "namespace": "a.b"}')
    with raw_server(textless, textless) as server, scripted(server.url) as it:
        assert it.client.flow("a.b", "x", source=False).source is None
        with pytest.raises(KestraError, match="did not return a flow with its `source`"):
            it.client.flow("a.b", "x")


def test_another_flow_than_the_one_that_was_asked_for_is_no_answer() -> None:
    other = answer(200, '{"id": "y", "namespace": "a.b", "source": "id: y"}')
    with (
        raw_server(other) as server,
        scripted(server.url) as it,
        pytest.raises(KestraError, match="did not return the flow a"),
    ):
        it.client.flow("a.b", "x")
