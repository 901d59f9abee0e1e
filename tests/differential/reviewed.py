"""The differences that are known: each has its reason, and each has to be there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from differential.differences import Difference, Wrong


@dataclass(frozen=True, slots=True)
class Reviewed:
    """Differences that are let pass: `says` is a regular expression for what the one that refuses says."""

    wrong: Wrong
    says: str
    why: str

    def covers(self, difference: Difference) -> bool:
        """Whether a difference is one of these."""
        return difference.wrong == self.wrong and bool(re.search(self.says, difference.says))


_OPEN = "not checked yet: "
REVIEWED = (
    *(
        Reviewed(Wrong.ACCEPTED, says, _OPEN + what)
        for says, what in (
            ("Duplicate (task|trigger|input|output|preconditions)", "ids that are given twice"),
            ("Generic(Task|Trigger)", "what is no mapping among tasks and triggers"),
            ("java.time.Instant` from String", "a time without seconds"),
            ("cannot be cast to class io.kestra", "a plugin of another kind"),
            ("cannot be cast to class java.lang", "a number or a boolean where a text is taken for granted"),
            ("Invalid Plugin Default|PluginDefault.getValues", "plugin defaults against their plugin"),
            ("No plugin-defaults exists", "a reference to plugin defaults that are not there"),
            ('Templates are disabled|"template" is null', "templates"),
            ("Enterprise Edition", "what only the Enterprise edition has"),
            ("No task defined, neither cases", "a Switch without cases"),
            ("HV000028", "what a validator of Kestra's fails on"),
            ("must be less than 'maxInterval'", "the intervals of a retry"),
            (
                "value of type `(boolean|java.lang.Boolean|org.slf4j.event.Level)`",
                "what plugin defaults give to a boolean or a level",
            ),
            ("invalid cron expression", "crons"),
            ("<list element>: must not be null|conditions: must not be empty", "items that are null"),
            ('Unrecognized field "(version)?"', "a property that only most of a kind have"),
            ("Cyclic dependency|Not existing task id in dependency", "the dependencies of a Dag"),
            ("invalid pattern", "the validator of an input"),
            ("Only runnable tasks", "what is in a WorkingDirectory"),
            ("reserved keyword", "ids that are reserved"),
            ("Invalid type: ", "types that are no text"),
            ("Missing inputs for", "inputs that a trigger does not give"),
            ("Unsupported type for key|Invalid label key|value: must not be empty", "labels"),
            ("time-zone", "time zones"),
            ("cannot also have a prefill", "what an input cannot have together"),
            ("Recursive call", "a flow that calls itself"),
            ("responseContentType", "a webhook's answer"),
            ("Time window of type", "what a time window needs"),
        )
    ),
    *(
        Reviewed(Wrong.REFUSED, says, _OPEN + what)
        for says, what in (
            ("missing-property: `message` of Log is missing", "what plugin defaults give"),
            (r"missing-property: `id` of \w+Input is missing", "an input by its old `name`"),
            ("flow-identity: `namespace` is malformed", "a number as a namespace"),
            ("invalid-value: `tenantId`", "a tenant in the flow"),
        )
    ),
    Reviewed(Wrong.BROKEN, r"bad escape \\p", _OPEN + "Java's regular expressions"),
)


def unreviewed(found: Iterable[Difference]) -> list[Difference]:
    """Return the differences that no row covers."""
    return [difference for difference in found if not any(row.covers(difference) for row in REVIEWED)]


def unneeded(found: Sequence[Difference]) -> list[str]:
    """Return the rows that cover none of these differences: they are to go."""
    return [row.says for row in REVIEWED if not any(map(row.covers, found))]
