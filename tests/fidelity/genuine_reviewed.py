"""The reviewed table: where an engine answers otherwise than the genuine web server of (about) its version, and why.

The recorded servers are older than the engines, 1.0.3 beside 1.0.36 for one, and held other flows as well. Every row is
needed: the test that reads it fails when a row explains nothing any more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fidelity.compared import Difference
from fidelity.recorded_reviewed import NEW, OURS, Change

_OTHER_DATA = "the recorded server held other flows and executions too"
_LOG = r"attachment; filename=\"\w{20,22}\.log\"; filename\*=utf-8''\w{20,22}\.log"

EVERYWHERE = (
    Change("/schema|/", "recorded as left out: it is long", r"\(left out: long\)", exchanges="configs|schema"),
    Change("header/Content-Disposition", "a log's file is called like its execution", _LOG, _LOG, "logs-download"),
    Change(
        "/message",
        "a path that is not served says whose lack it is",
        "Not Found",
        "Not Found: the development server does not have .*",
        "unknown-.*|kv-detail",
    ),
    Change(
        "/results/.*|/total",
        "the states of triggers are kept by the scheduler, which does not run here",
        exchanges="triggers|triggers-flow",
    ),
)

_WORKER = Change(
    ".*/workerId", "the embedded worker is called `worker`, not by a number of its own", "[0-9a-f-]{36}", "worker"
)
_OURS = Change("/kestraDeployer", OURS, NEW, exchanges="configs")
_FLOWS = Change("/results/.*|/total", _OTHER_DATA, exchanges="no-tenant|trailing-slash")

V1_0 = (
    _WORKER,
    _FLOWS,
    Change(
        ".*/message|.*/constraints",
        "1.0.36 begins a verdict with other words, and says that parsing failed and at which line",
        served=".*(YAML parsing error|Validation error): .*",
        exchanges="create-bad-yaml|create-dup-key|validate-.*",
    ),
    Change("/message", "byte offsets of Jackson are told in other words", exchanges="create-no-ct"),
    Change(
        "/message",
        "1.0.36 names neither the field nor those that there are",
        "Field FLOW_ID is not supported.*",
        exchanges=r"search filters\[flowId\].*",
    ),
    Change("/message", "the SQL of 1.0.36 is another", ".*SQL.*", ".*SQL.*", "search sort=nope:asc"),
    Change(r"/\[0\]", "1.0.36 calls the files of an export `.yaml`", ".*yml", ".*yaml", "export-by-ids"),
    Change("/results/.*/deleted", "a namespace of 1.0.36 is its id", "False", NEW, "ns-search"),
)

V1_3 = (
    _WORKER,
    _OURS,
    Change(
        "/(chartDefaultDuration|isAiApiKeyConfigured|isAiEnabled|isConcurrencyViewEnabled|isTemplateEnabled)",
        "what only the user interface asks about is not configured here",
        exchanges="configs",
    ),
)

_BEFORE_2_0 = "the snapshot is older than this change of 2.0.0"

V2_0 = (
    _OURS,
    _FLOWS,
    Change("/(flowTemplate|isAiEnabled|isCustomDashboardsEnabled|version)", _BEFORE_2_0, exchanges="configs"),
    Change(".*/draft", "the snapshot is older than drafts", NEW),
    Change(".*", _BEFORE_2_0, exchanges="create-again|search (q|namespace)=.*|search sort=nope:asc|kv-put-bad-ttl"),
    Change(
        ".*/message", _BEFORE_2_0, exchanges=r"(create|update)-unknown-prop|exec-bad-input|search filters\[nope\].*"
    ),
    Change(".*/outputs", "outputs are not part of an execution of 2.0.0 any more", served=NEW),
    Change("/.*/keys/.*", "outputs are not part of an execution of 2.0.0 any more", exchanges="follow-finished"),
    Change(
        "/(state|taskRunList).*",
        "the snapshot answers when the execution has begun, 2.0.0 before",
        exchanges="exec.*|exec",
    ),
    Change(".*", "2.0.0 has a largest page", exchanges="search page=1&size=100000.*"),
    Change(".*/thread", "executions ran before", "worker-default_.*", "worker-default_.*"),
    Change(".*", _OTHER_DATA, exchanges=r"search filters\[flowId\].*|exec-search-kind.*|ns-search"),
    Change(".*", "2.0.0 refuses the parameters of 1.x", exchanges="exec-search-old"),
    Change("/value", "the snapshot cuts a plain text at its first blank", "plain", "plain words", "kv-get-text"),
)

TABLES: Mapping[str, Sequence[Change]] = {
    "1.0": (*EVERYWHERE, *V1_0),
    "1.3": (*EVERYWHERE, *V1_3),
    "2.0": (*EVERYWHERE, *V2_0),
}
"""The rows for each version that there is a recording of."""


def explaining(version: str, exchange: str, difference: Difference) -> Change | None:
    """Return the row that is about a difference, None where nobody has explained it."""
    return next((change for change in TABLES[version] if change.explains(exchange, difference)), None)
