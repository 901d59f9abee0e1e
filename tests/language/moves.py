"""What Kestra 2.0 took away, in flows that 1.3 runs, each beside the flow that takes its place."""

from __future__ import annotations

from dataclasses import dataclass

from deployer.model.problem import Effort

RENAME, REWRITE = Effort.RENAME, Effort.REWRITE
SAY = """
tasks:
  - id: say
    type: io.kestra.plugin.core.log.Log
    message: hello
"""


@dataclass(frozen=True, slots=True)
class Move:
    """A part of a flow before and after, without the flow's id and namespace."""

    name: str
    effort: Effort
    before: str
    after: str

    def flow(self, part: str) -> str:
        """The whole flow that a part makes; a log task is added where it has no tasks."""
        tasks = "" if "\ntasks:" in f"\n{part}" else SAY
        return f"id: {self.name}\nnamespace: team.a\n{part.strip()}\n{tasks.lstrip()}"


def task(name: str, effort: Effort, before: str, after: str) -> Move:
    """A move of a task, whose properties are given."""
    return Move(name, effort, *(f"tasks:\n  - id: one\n{_indented(each, 4)}" for each in (before, after)))


def trigger(name: str, effort: Effort, before: str, after: str) -> Move:
    """A move of a trigger, whose properties are given."""
    return Move(name, effort, *(f"triggers:\n  - id: one\n{_indented(each, 4)}" for each in (before, after)))


def http(name: str, before: str, after: str) -> Move:
    """A move of an option of HTTP tasks."""
    head = "type: io.kestra.plugin.core.http.Request\nuri: https://example.com\n"
    options = [f"options:\n{_indented(each, 2)}" if each else "" for each in (before, after)]
    return task(name, RENAME, *(head + each for each in options))


def _indented(text: str, by: int) -> str:
    return "".join(f"{' ' * by}{line}\n" for line in text.strip().splitlines())


CORE = "type: io.kestra.plugin.core."
FLOW_TRIGGER = f"{CORE}trigger.Flow"
SCHEDULE = f'{CORE}trigger.Schedule\ncron: "0 9 * * *"\n'
LOGS = f"- id: say\n  {CORE}log.Log\n  message: "

MOVES = (
    Move("input-name", RENAME, "inputs:\n  - name: a\n    type: STRING", "inputs:\n  - id: a\n    type: STRING"),
    Move("boolean", RENAME, "inputs:\n  - id: a\n    type: BOOLEAN", "inputs:\n  - id: a\n    type: BOOL"),
    Move(
        "enum",
        RENAME,
        "inputs:\n  - id: a\n    type: ENUM\n    values: [x]",
        "inputs:\n  - id: a\n    type: SELECT\n    values: [x]",
    ),
    Move(
        "options",
        RENAME,
        "inputs:\n  - id: a\n    type: MULTISELECT\n    options: [x]",
        "inputs:\n  - id: a\n    type: MULTISELECT\n    values: [x]",
    ),
    Move(
        "items",
        RENAME,
        "inputs:\n  - id: a\n    type: ARRAY\n    itemType: BOOLEAN",
        "inputs:\n  - id: a\n    type: ARRAY\n    itemType: BOOL",
    ),
    Move(
        "extension",
        RENAME,
        "inputs:\n  - id: a\n    type: FILE\n    extension: .csv",
        "inputs:\n  - id: a\n    type: FILE\n    allowedFileExtensions: [.csv]",
    ),
    Move(
        "listeners",
        REWRITE,
        f"listeners:\n  - tasks:\n{_indented(LOGS.replace('say', 'tell') + 'hello', 6)}{SAY}",
        f"triggers:\n  - id: ended\n    {FLOW_TRIGGER}\n    dependsOn:\n      - flowId: b\n        namespace: team.a",
    ),
    Move(
        "plugin-defaults",
        REWRITE,
        f"pluginDefaults:\n  - {CORE}log.Log\n    values:\n      level: WARN",
        SAY.replace("message:", "level: WARN\n    message:"),
    ),
    Move(
        "task-defaults",
        REWRITE,
        f"taskDefaults:\n  - {CORE}log.Log\n    values:\n      level: WARN",
        SAY.replace("message:", "level: WARN\n    message:"),
    ),
    task(
        "retry",
        RENAME,
        f"{CORE}log.Log\nmessage: a\nretry:\n  type: constant\n  interval: PT1S\n  maxAttempt: 2",
        f"{CORE}log.Log\nmessage: a\nretry:\n  type: constant\n  interval: PT1S\n  maxAttempts: 2",
    ),
    task("old-name", RENAME, "type: io.kestra.core.tasks.log.Log\nmessage: a", f"{CORE}log.Log\nmessage: a"),
    task("echo", RENAME, f"{CORE}debug.Echo\nformat: a", f"{CORE}log.Log\nmessage: a"),
    task("delay", RENAME, f"{CORE}flow.Pause\ndelay: PT1S", f"{CORE}flow.Pause\npauseDuration: PT1S"),
    task(
        "behind-a-pause",
        REWRITE,
        f"{CORE}flow.Pause\npauseDuration: PT1S\ntasks:\n{_indented(LOGS + 'hello', 2)}",
        f"{CORE}flow.Pause\npauseDuration: PT1S",
    ),
    task(
        "json-filter",
        RENAME,
        f'{CORE}log.Log\nmessage: "{{{{ [1] | json }}}}"',
        f'{CORE}log.Log\nmessage: "{{{{ [1] | toJson }}}}"',
    ),
    task(
        "json-function",
        RENAME,
        f"{CORE}log.Log\nmessage: \"{{{{ json('[1]') }}}}\"",
        f"{CORE}log.Log\nmessage: \"{{{{ fromJson('[1]') }}}}\"",
    ),
    task(
        "purge-kv",
        RENAME,
        f"{CORE}kv.PurgeKV\nnamespaces: [team.a]\nexpiredOnly: false",
        f"{CORE}kv.PurgeKV\nnamespaces: [team.a]\nbehavior:\n  type: key\n  expiredOnly: false",
    ),
    task(
        "subflow-outputs",
        REWRITE,
        f"{CORE}flow.Subflow\nnamespace: team.a\nflowId: b\noutputs:\n  x: y",
        f"{CORE}flow.Subflow\nnamespace: team.a\nflowId: b",
    ),
    task(
        "for-each",
        REWRITE,
        f"{CORE}flow.ForEach\nvalues: [a]\ntasks:\n{_indented(LOGS + 'hello', 2)}",
        f"{CORE}flow.Loop\nvalues: [a]\ntasks:\n{_indented(LOGS + 'hello', 2)}",
    ),
    task(
        "each-sequential",
        REWRITE,
        f"{CORE}flow.EachSequential\nvalue: '[\"a\"]'\ntasks:\n{_indented(LOGS + 'hello', 2)}",
        f"{CORE}flow.Loop\nvalues: [a]\nconcurrencyLimit: 1\ntasks:\n{_indented(LOGS + 'hello', 2)}",
    ),
    task(
        "each-parallel",
        REWRITE,
        f"{CORE}flow.EachParallel\nvalue: '[\"a\"]'\ntasks:\n{_indented(LOGS + 'hello', 2)}",
        f"{CORE}flow.Loop\nvalues: [a]\ntasks:\n{_indented(LOGS + 'hello', 2)}",
    ),
    task(
        "for-each-item",
        REWRITE,
        f'{CORE}flow.ForEachItem\nitems: "{{{{ inputs.f }}}}"\nnamespace: team.a\nflowId: b',
        f'{CORE}flow.Loop\nvalues: "{{{{ inputs.f }}}}"\ntasks:\n  - id: batch\n    {CORE}flow.Subflow\n'
        "    namespace: team.a\n    flowId: b",
    ),
    task(
        "count",
        REWRITE,
        f"{CORE}execution.Count\nexpression: '{{{{ count > 0 }}}}'\nstartDate: '2026-01-01'",
        "type: io.kestra.plugin.kestra.executions.Count\nexpression: '{{ count > 0 }}'\nstartDate: '2026-01-01'",
    ),
    task(
        "carry-on",
        REWRITE,
        f"{CORE}execution.Resume\nexecutionId: a",
        "type: io.kestra.plugin.kestra.executions.Resume\nexecutionId: a",
    ),
    task("fetch-logs", REWRITE, f"{CORE}log.Fetch", "type: io.kestra.plugin.kestra.logs.Fetch"),
    task("state-set", REWRITE, f"{CORE}state.Set\ndata:\n  a: b", f"{CORE}kv.Set\nkey: state\nvalue: b"),
    task("state-get", REWRITE, f"{CORE}state.Get", f"{CORE}kv.Get\nkey: state"),
    task("state-delete", REWRITE, f"{CORE}state.Delete", f"{CORE}kv.Delete\nkey: state"),
    task(
        "local-files",
        REWRITE,
        f"{CORE}flow.WorkingDirectory\ntasks:\n  - id: files\n    {CORE}storage.LocalFiles\n    inputs:\n      a: b",
        f"{CORE}flow.WorkingDirectory\ninputFiles:\n  a: b\ntasks:\n{_indented(LOGS + 'hello', 2)}",
    ),
    task(
        "toggle",
        REWRITE,
        f"{CORE}trigger.Toggle\nnamespace: team.a\nflowId: b\ntrigger: c\nenabled: true",
        "type: io.kestra.plugin.kestra.triggers.Toggle\nnamespace: team.a\nflowId: b\ntrigger: c\nenabled: true",
    ),
    http("basic-auth", "basicAuthUser: a\nbasicAuthPassword: b", "auth:\n  type: BASIC\n  username: a\n  password: b"),
    http(
        "timeouts",
        "connectTimeout: PT1S\nreadIdleTimeout: PT2S",
        "timeout:\n  connectTimeout: PT1S\n  readIdleTimeout: PT2S",
    ),
    http("read-timeout", "readTimeout: PT1S", "timeout:\n  readIdleTimeout: PT1S"),
    http("idle", "connectionPoolIdleTimeout: PT1S", ""),
    http("length", "maxContentLength: 100", ""),
    http("log-level", "logLevel: INFO", "logs: [REQUEST_HEADERS]"),
    http(
        "proxy",
        "proxyAddress: a\nproxyPort: 80\nproxyType: HTTP\nproxyUsername: u\nproxyPassword: p",
        "proxy:\n  address: a\n  port: 80\n  type: HTTP\n  username: u\n  password: p",
    ),
    task(
        "allow-failed",
        RENAME,
        f"{CORE}http.Request\nuri: https://example.com\nallowFailed: true",
        f"{CORE}http.Request\nuri: https://example.com\noptions:\n  allowFailed: true",
    ),
    task(
        "ssl",
        RENAME,
        f"{CORE}http.Request\nuri: https://example.com\nsslOptions:\n  insecureTrustAllCertificates: true",
        f"{CORE}http.Request\nuri: https://example.com\noptions:\n  ssl:\n    insecureTrustAllCertificates: true",
    ),
    trigger("log-level-of-trigger", RENAME, f"{SCHEDULE}minLogLevel: INFO", f"{SCHEDULE}logLevel: INFO"),
    trigger("backfill", RENAME, f"{SCHEDULE}backfill: {{}}", SCHEDULE),
    trigger(
        "conditions",
        REWRITE,
        f"{SCHEDULE}conditions:\n  - {CORE}condition.Weekend",
        f'{SCHEDULE}when: "{{{{ isWeekend(trigger.date) }}}}"',
    ),
    trigger(
        "schedule-conditions",
        REWRITE,
        f"{SCHEDULE}scheduleConditions: []",
        SCHEDULE,
    ),
    trigger(
        "preconditions",
        REWRITE,
        f"{FLOW_TRIGGER}\npreconditions:\n  id: both\n  flows:\n    - namespace: team.a\n      flowId: b",
        f"{FLOW_TRIGGER}\ndependsOn:\n  - namespace: team.a\n    flowId: b",
    ),
)
"""One for every property and word in `language/gone.py` that the open-source edition takes, and for every type."""
