"""Tasks and triggers of plugins that an engine does not have, and what stands for them."""

from __future__ import annotations

import json

import pytest

from deployer.language.types import types_of
from deployer.model.version import NAMES
from deployer.parsing.parse import parse
from deployer.testing.absent import FAIL, find_absent, without

FLOW = """id: a
namespace: b.c
tasks:
  - id: fetch
    type: io.kestra.plugin.gcp.bigquery.Query
    sql: SELECT 1
    runIf: "{{ true }}"
    timeout: PT1M
    retry: {type: constant, interval: PT1S, maxAttempts: 2}
  - id: gate
    type: io.kestra.plugin.core.flow.If
    condition: "true"
    then:
      - {id: upload, type: io.kestra.plugin.aws.s3.Upload, from: x}
  - id: say
    type: io.kestra.plugin.core.log.Log
    message: hi
errors:
  - {id: page, type: com.example.Pager}
triggers:
  - {id: hook, type: io.kestra.plugin.core.trigger.Webhook, key: abcdefgh}
  - {id: queue, type: io.kestra.plugin.aws.sqs.Trigger, queueUrl: x}
"""


@pytest.mark.parametrize("version", NAMES)
def test_what_is_absent_is_found_wherever_it_is(version: str) -> None:
    document, _ = parse("a.yaml", FLOW)
    assert document
    found = find_absent(document, types_of(version), {"io.kestra.plugin.aws.s3.Upload"})
    assert [(each.id, each.type, each.is_trigger) for each in found] == [
        ("fetch", "io.kestra.plugin.gcp.bigquery.Query", False),
        ("page", "com.example.Pager", False),
        ("queue", "io.kestra.plugin.aws.sqs.Trigger", True),
    ]
    assert "--plugins io.kestra.plugin:plugin-gcp:VERSION" in found[0].remedy
    assert "its jar with --plugins" in found[1].remedy


@pytest.mark.parametrize("version", NAMES)
def test_what_stands_for_it_fails_and_keeps_what_every_task_can_have(version: str) -> None:
    document, _ = parse("a.yaml", FLOW)
    assert document
    types = types_of(version)
    flow = json.loads(without(document.data, find_absent(document, types, ()), types))
    fetch, gate, say = flow["tasks"]
    message = fetch.pop("errorMessage")
    assert "`fetch` is a io.kestra.plugin.gcp.bigquery.Query, which this engine does not have" in message
    assert fetch == {
        "id": "fetch",
        "type": FAIL,
        "runIf": "{{ true }}",
        "timeout": "PT1M",
        "retry": {"type": "constant", "interval": "PT1S", "maxAttempts": 2},
    }
    assert gate["then"][0]["type"] == FAIL
    assert say == {"id": "say", "type": "io.kestra.plugin.core.log.Log", "message": "hi"}
    assert flow["errors"][0]["type"] == FAIL
    assert [each["id"] for each in flow["triggers"]] == ["hook"]
    assert document.data["tasks"][0]["sql"] == "SELECT 1"
