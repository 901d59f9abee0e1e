"""Values that people write: some that Kestra takes, some that look as if it did."""

from __future__ import annotations

from typing import Any

DURATIONS: tuple[Any, ...] = (
    "PT5S", "P1D", "PT1H30M", "P1W", "P1M", "P1Y", "1h", "10s", "5", 5, 1.5, "PT", "P", "pt5s", "PT5", "PT-5S",
    "-PT5S", "PT0S", "P4000D", "PT1.5S", "PT1.5H", "P1DT", "T5S", "P1D2H", "5 minutes", "{{ x }}", "PT 5S", " PT5S",
    True, "1e5", "5d", ".5", "-.5", "1.5", "5.",
)  # fmt: skip
CRONS: tuple[Any, ...] = (
    "0 6 * * *", "*/5 * * * *", "@daily", "@yearly", "@never", "0 6 * *", "60 * * * *", "* * * * * *", "0 25 * * *",
    "0 0 31 2 *", "0 0 * * MON", "0 0 * * MON-FRI", "0 0 * * 7", "0 0 * * 8", "0 0 L * *", "0 0 ? * *",
    "*/0 * * * *", "5-1 * * * *", "0 0 1 JAN *", "0 0 1 january *", "0 0 15W * *", "0 0 * * 5#3", "0,30 * * * *",
    "a b c d e", "@hourly", "0 0 */2 * *", "0 6 * * * *", "0 0 6 * * *", "H 6 * * *", "", "@reboot", "@midnight",
    "0 0 1/1 * *", "-1 * * * *", "*/90 * * * *", "0  6 * * *", " 0 6 * * *", "0 0 * * 1-7", "0 0 30 2 *",
    "0 0 * * sun", "0-59/2 * * * *",
)  # fmt: skip
ZONES: tuple[Any, ...] = (
    "Europe/Berlin", "europe/berlin", "Europe/Berln", "UTC", "utc", "GMT+2", "+02:00", "+2", "CET", "EST", "PST",
    "Z", "UTC+02:00", "Berlin", "America/New York", "+25:00", 2, "", " UTC", "Etc/GMT-14", "GMT0", "UT", "MESZ",
)  # fmt: skip
DATES: tuple[Any, ...] = (
    "2024-01-01", "2024-13-01", "2024-02-30", "2024-1-1", "01.01.2024", "2024-01-01T00:00:00",
    "2024-01-01T00:00:00Z", "2024-01-01T00:00:00+02:00", "2024-01-01 00:00:00", "10:00", "10:00:00", "25:00",
    "10:00:00+02:00", "9:00", 20240101, "2024-01-01T00:00Z", "2024-01-01T24:00:00Z", "1704067200", 1704067200,
    "now", "09:00:00.123", "24:00", "12:30 PM", "2024-01-01T00:00:00.5Z", "2024-02-30T00:00:00Z",
    "2024-01-01T00:00:00 Z", "{{ now() }}", "10", "10:0", 18262, -1,
    1704067200.5, "1704067200.5", [2024, 1, 1], [2024, 13, 1], [10, 30], [10, 30, 5], ["10:30"], [], 3.2e16,
    31556889832780799, True,
)  # fmt: skip
IDS: tuple[Any, ...] = (
    "a b", "é", "-a", "a.b", "a_b", "_a", "1", 1, "x" * 101, "x" * 151, "x" * 300, "a/b", "pause", "kill", "resume",
    "A", True, 1.0, "true", "null", "", " ", "a-b", "a:b", "search", "executions", "system", "company.team", "a\n",
    "0x1F", None, "force-run", "io.kestra", "Company.team", "company..team", ".company", "company.", "tutorial",
    1e3, "a$",
)  # fmt: skip
TEXTS: tuple[Any, ...] = (
    "x", "", " ", "{{ x }}", "{{ x", "null", "true", "5", "line\nline", "a: b", "[a-z", "[a-z]+", "(?<n>a)", "*",
    "%", "'", "system.x", "UPPER", "Straße", "😀", "a" * 300, "io.kestra.plugin.core.log.Log", "https://example.com",
    '"', "a++", "\\p{Alpha}", "(?i)a", "a{2,1}", "\\Q", "(?P<n>a)", "[[:alpha:]]", "http://x y",
)  # fmt: skip
LABELS: tuple[Any, ...] = (
    {"a": "b"}, {"A": "b"}, {"system.x": "b"}, {"a": None}, {"a": 5}, {"a": ["b"]}, {"": "b"},
    [{"key": "a", "value": "b"}], [{"key": "a"}], [{"key": "", "value": "b"}],
    [{"key": "system.correlationId", "value": "b"}], [{"a": "b"}], ["a"], "a", [{"key": "a", "value": 5}],
    [{"key": "a", "value": "b"}, {"key": "a", "value": "c"}], {"a b": "c"}, {"a": "x" * 300}, {"a": ""},
    {"a": {"b": "c"}}, [None], [{"key": "a", "value": None}], [{"key": "A", "value": "b"}],
    {"system.readOnly": True}, [{"key": "a", "value": "b", "extra": 1}], {5: "b"}, {"a": True},
)  # fmt: skip
ANY: tuple[Any, ...] = (
    None, "", " ", "x", "true", "5", 0, 1, -1, 5, 2147483648, 9223372036854775808, 1.5, 1e300, True, False, [],
    ["a"], [1], [None], [[]], [{}], {}, {"a": 1}, {"a": None}, {"id": "x"}, "PT5S", "{{ x }}", "2024-01-01", "null",
    "~", float("nan"),
)  # fmt: skip
BOOLEANS: tuple[Any, ...] = (
    True, False, "true", "yes", "True", "TRUE", "on", "no", 1, 0, 1.0, "", None, "{{ x }}", "tRUE",
)  # fmt: skip
INTEGERS: tuple[Any, ...] = (
    1, 0, -1, 5, "5", " 5", "5.0", 5.5, 1e3, "1_000", 2**31, 2**63, "x", "", True, None, "{{ 1 }}", "+5", "0x5",
    100000,
)  # fmt: skip
NUMBERS: tuple[Any, ...] = (
    1, 0.5, "0.5", "x", True, -1, 1e300, "", None, "NaN", "1e3", "5f", "{{ 1 }}", ".5", "5.", "1,5", "5d",
    "+Infinity", "-INF", "-NaN", "+INF", "\u0663",
)  # fmt: skip
BY_NAME: dict[str, tuple[Any, ...]] = {
    "cron": CRONS, "timezone": ZONES, "id": IDS, "namespace": IDS, "flowId": IDS, "name": IDS, "labels": LABELS,
    "date": DATES, "after": DATES, "before": DATES, "deadline": DATES, "startTime": DATES, "endTime": DATES,
    "dates": (*DATES, ["2030-01-01T00:00:00Z"], ["2030-01-01"]), "from": DATES, "to": DATES, "key": (*TEXTS, *IDS),
}  # fmt: skip
"""By what a property is called."""
BY_READING: dict[str, tuple[Any, ...]] = {
    "DurationDeserializer": DURATIONS, "String": (*TEXTS, 5, 1.0, True, None),
    **dict.fromkeys(("boolean", "Boolean"), BOOLEANS),
    **dict.fromkeys(("int", "Integer", "long", "Long"), INTEGERS),
    **dict.fromkeys(("float", "Float", "double", "Double"), NUMBERS),
    **dict.fromkeys(("Instant", "LocalDate", "LocalTime"), DATES),
}  # fmt: skip
"""By how the engine reads a property."""
FINE_BY_NAME: dict[str, Any] = {
    "cron": "0 6 * * *", "namespace": "company.team", "conditions": ["{{ true }}"], "items": "{{ inputs.file }}",
    "labels": {"a": "b"}, "metrics": [], "dates": ["2030-01-01T00:00:00Z"],
}  # fmt: skip
"""What a property of that name can certainly be."""
FINE_BY_READING: dict[str, Any] = {
    "boolean": True, "Boolean": True, "int": 1, "Integer": 1, "long": 1, "Long": 1, "DurationDeserializer": "PT5S",
}  # fmt: skip
"""What a property that is read so can be; any other, `x`."""
SCALARS = (
    "5", "true", "null", "", "[]", "{}", '"x"', "-1", "1.5", "PT5S", "[a, b]", "{a: b}", '"{{ x }}"', "{{ x }}",
    "~", "0", "yes", "no", "on", "abc def", "2024-01-01", "010", "0x1F", "1_000", "1e3", ".inf", ".nan", "12:30:00",
    "|", ">", "*a", "&a x", "!foo 5", "!!int 5", "- a", "'it''s'", "a: b", "# x", "@x", "`x`", "%x", "?", "[", "{",
    "]", '"', "'", "=", "<<", "08", "1.", "+5", "-.5", "1__0", "0b1", "0o7", "NULL", "True", "!!str 5",
    "!!binary a", '"\\x"', '"\\u00e9"', "''",
)  # fmt: skip
"""As they are written after a colon."""
WORDS = (
    "id", "type", "tasks", "message", "namespace", "inputs", "values", "value", "defaults", "triggers",
    "description", "foo", "required", "conditions", "labels", "retry", "timeout", "disabled", "outputs", "errors",
    "finally", "cron", "then", "Message", "task", "uri", "url", "name", "variables", "pluginDefaults",
    "concurrency", "when", "dependsOn", "format",
)  # fmt: skip
"""Keys that are something somewhere."""
TYPES = (
    "io.kestra.plugin.core.log.Log", "io.kestra.plugin.core.flow.Sequential",
    "io.kestra.plugin.core.trigger.Schedule", "io.kestra.plugin.core.http.Request", "io.kestra.core.tasks.log.Log",
    "io.kestra.plugin.core.condition.Expression", "io.kestra.plugin.core.flow.Parallel",
    "io.kestra.plugin.core.flow.Pause", "io.kestra.plugin.core.trigger.Webhook",
    "io.kestra.plugin.core.trigger.Flow", "io.kestra.plugin.core.flow.ForEach", "io.kestra.plugin.core.flow.Loop",
    "STRING", "INT", "SELECT", "BOOLEAN", "string", "FORM", "constant", "exponential", "MAX_DURATION", "Log",
    "core.log.Log", "io.kestra.plugin.scripts.python.Script", "io.kestra.plugin.core.log.log", "com.example.Task",
    "", "5", "null",
)  # fmt: skip
"""Of plugins, inputs, retries and the like, some of them unknown."""
