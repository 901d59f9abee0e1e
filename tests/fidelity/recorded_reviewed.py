"""The reviewed table: where 1.3 answers otherwise than the server that was recorded (0.21), and why.

Every row is needed: the test that reads it fails when a row explains nothing any more.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from fidelity.compared import ABSENT, Difference, comparable

_ANY = re.compile(r".*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Wording:
    """What both servers say in other words: `pattern` is replaced in both texts before they are compared."""

    pattern: re.Pattern[str]
    replacement: str
    why: str

    def differs(self, difference: Difference) -> bool:
        """Whether it finds other things in the two texts."""
        return self.pattern.findall(difference.recorded) != self.pattern.findall(difference.served)


@dataclass(frozen=True, slots=True)
class Change:
    """One value that is another, is new or is gone: each pattern must match the whole name, path or value."""

    path: str
    why: str
    recorded: str = ".*"
    served: str = ".*"
    exchanges: str = ".*"

    def explains(self, exchange: str, difference: Difference) -> bool:
        """Whether this row is about that difference."""
        pairs = (
            (self.exchanges, exchange),
            (self.path, difference.path),
            (self.recorded, str(difference.recorded)),
            (self.served, str(difference.served)),
        )
        return all(re.fullmatch(pattern, text, re.DOTALL) for pattern, text in pairs)


Row = Wording | Change

NEW = re.escape(ABSENT)
OURS = "a client can tell that this server mocks tasks and has no pages"

WORDINGS = (
    Wording(re.compile(r"^Validation error: "), "", "1.x begins every verdict with these words"),
    Wording(re.compile(r"Illegal (flow yaml|\w+ source): "), "Illegal source: ", "1.x names the class it parses into"),
    Wording(
        re.compile(r"YAML parsing error: | \(at line -?\d+\)"), "", "1.x says that parsing failed, and at which line"
    ),
    Wording(
        re.compile(r"models\.flows\.(GenericFlow|FlowWithSource)\b"),
        "models.flows.Flow",
        "1.x parses first into GenericFlow, then into FlowWithSource",
    ),
    Wording(re.compile(r"\d+ known properties: [^)]*"), "(properties)", "flows and tasks of 1.x have other properties"),
    Wording(
        re.compile(r"\n at \[Source: [^\]]*\]( \(through reference chain: [^)]*\))?"),
        "",
        "1.x reads the text into a map and the map into the flow, so that places in the text are other ones or unknown",
    ),
    Wording(re.compile(r"\nCaused by: .*", re.DOTALL), "", "1.x does not repeat the cause"),
)

CHANGES = (
    Change(".*/updated", "1.x keeps when a revision was stored", NEW, r"\d{4}-.*Z"),
    Change(".*/triggers", "a flow that 1.x has read from its store has its triggers, if none", NEW, r"\[\]"),
    Change(r".*/labels/\[system.from\]", "1.x labels an execution with where it was started", NEW, ".*'api'.*"),
    Change(r".*/labels/\[system.replay\]", "1.x labels an execution that is a replay", NEW, exchanges=".*-replay"),
    Change(r".*/taskRunList/.*/histories/\[SUBMITTED\]", "a state of 1.x, between CREATED and RUNNING", NEW),
    Change(".*/attempts/.*/workerId", "1.x tells which worker it was", NEW, "worker"),
    Change(
        ".*/url", "the user interface of 1.x has the tenant in its paths", "/ui/executions/.*", "/ui/.*/executions/.*"
    ),
    Change("/state/duration", "1.x tells how long a run lasted when it is over", "PT.*", NEW, ".*exec.*"),
    Change(r".*/deleted", "log entries of 1.x do not have it", "False", NEW, ".*-logs.*"),
    Change(r".*/tasks/.*/duration", "1.x keeps a duration as it was written", "PT[12]M", r"PT\d+S"),
    Change(
        "/message|/_embedded/errors.*",
        "1.x says other words and has no list of errors when an input is refused",
        ".*Invalid input for.*",
        rf"Invalid entity: (Missing required input:|Invalid value for input `).*|{NEW}",
        "10[234]-execution-create-.*",
    ),
    Change("/message|.*/path", "the search's method is called searchFlows in 1.x", ".*find.*", ".*searchFlows.*"),
    Change(".*", "`pause` is a reserved id in 1.x", exchanges="23-create-reserved-id"),
    Change(r".*/\[pause\]", "the flow with the reserved id is not there", served=NEW),
    Change("/total", "the flow with the reserved id is not there", "7", "6", "39-search"),
    Change(
        "status|/",
        "the body of validate may be absent in 1.x, and is an empty flow then",
        served="200|.*No content to map.*",
        exchanges="65-validate-empty",
    ),
    Change(
        "/.*/constraints",
        "1.x writes the path of a violation only if there is one",
        ": Invalid Flow: .*",
        "Validation error:  Invalid Flow: .*",
    ),
    Change(
        ".*",
        "1.x reads unbalanced YAML to its end first, and misses no type",
        exchanges="05-create-yaml-syntax-error|56-validate-yaml-syntax-error",
    ),
    Change("/message", "where JSON stops being JSON is counted from 1", exchanges="27-create-no-content-type"),
    Change(".*", "an update of 1.x takes unknown properties", exchanges="13-put-unknown-prop"),
    Change(
        ".*/revision",
        "the update with an unknown property made a revision",
        exchanges="1[456]-put-[012]|18-bulk-default-delete",
    ),
    Change(
        "/.*/constraints",
        "validate of 1.x parses into a map",
        served=".*LinkedHashMap.*",
        exchanges="2(11|38)-validate-.*",
    ),
    Change(
        "/.*/constraints",
        "validate of 1.x takes line ends away first, so that the end of the text is elsewhere",
        r".*line (\d), column 1:.*",
        r"Validation error: .*unexpected end of stream.*|.*<stream end>.*",
        ".*-validate-.*unclosed.*",
    ),
    Change("/.*/attempts", "a task run that pauses has an attempt in 1.x", NEW, ".*RUNNING.*", "259-exec-paused-get"),
    Change("/message", "the statement of 1.x is another", "(?s)Internal server error: SQL.*", exchanges="267-bad-sort"),
    Change("/version", "it is another version", r"0\.21.*", r"1\.3.*", "01-configs"),
    Change(
        "/is(TaskRun|Template|BasicAuth)Enabled", "1.x does not have what it tells about", "False", NEW, "01-configs"
    ),
    Change(
        "/(edition|chartDefaultDuration|isUiAnonymousUsageEnabled|isAiEnabled|isBasicAuthInitialized|pluginsHash)",
        "1.x tells more about itself",
        NEW,
        exchanges="01-configs",
    ),
    Change("/kestraDeployer", OURS, NEW, exchanges="01-configs"),
    Change(
        "/message",
        "ours says that it is the development server which has no such route",
        "Not Found",
        "Not Found: the development server .*",
        "130-404-route",
    ),
    Change(
        "status|media type|/",
        "of an unknown id 1.x streams the start, and ends the stream after ten seconds",
        exchanges=".*-follow-missing-.*",
    ),
    Change(
        r".*/source",
        "1.x keeps the ends of the text between two separators of a bulk update",
        r".*(Hello|Hi)",
        r"(\r?\n)?id: .*\r?\n",
        ".*bulk.*",
    ),
    Change(
        "/message|/_embedded/errors/.*/message",
        "1.x names the flow whose namespace is another",
        ".*Flow namespace is invalid",
        ".* - flow namespace is invalid",
        "84-namespace-post-wrong-ns",
    ),
    Change("/isCustomDashboardsEnabled", "every 1.x has dashboards", "False", "True", "01-configs"),
    Change(".*PluginDefault/properties/ref", "plugin defaults of 1.3 can be referred to", NEW, ".*", "122-.*"),
    Change("/message", "1.x names the types there are", ".*No enum constant.*", ".*Unsupported enum.*", "124-.*"),
    Change(r"/\[0\]/.*", "the plugins of 1.3 are more, and listed with what they are", exchanges="126-plugins"),
    Change("/markdown|/schema/.*", "the task's documentation was written anew", exchanges="127-plugin-doc"),
    Change(
        "/results/.*/(disabled|deleted)", "a namespace of 1.x is its id", "True|False", NEW, "129-namespaces-search"
    ),
)


def explaining(exchange: str, difference: Difference) -> Sequence[Row]:
    """Return the rows that a difference needs; none means that nobody has explained it."""
    if isinstance(difference.recorded, str) and isinstance(difference.served, str):
        used = [wording for wording in WORDINGS if wording.differs(difference)]
        if used and _reworded(difference.path, difference.recorded) == _reworded(difference.path, difference.served):
            return [*used]
    return [change for change in CHANGES if change.explains(exchange, difference)][:1]


def _reworded(path: str, text: str) -> str:
    for wording in WORDINGS:
        text = wording.pattern.sub(wording.replacement, text)
    return comparable(path, text)
