"""The state of a trigger: a row that Kestra's scheduler keeps, beside the flow's text."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from datetime import datetime


def moment(text: str) -> datetime | None:
    """Return a date as the server writes it, None where it has no offset or is none."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None


@dataclass(frozen=True, slots=True)
class TriggerState:
    """What the scheduler knows of one trigger. Dates are ISO 8601 as the server writes them, empty where it has none.

    Schedules, polling and realtime triggers have a state, Flow and Webhook triggers have none. `disabled` is the switch
    of Kestra's page of triggers, which no text says. `next` is when it is evaluated next, `last` when it was last (1.x)
    or last started an execution (2.x). `execution` is what it waits for; a trigger may be locked without one.
    """

    namespace: str
    flow: str
    trigger: str
    _: KW_ONLY
    disabled: bool = False
    next: str = ""
    last: str = ""
    locked: bool = False
    execution: str = ""
    backfill: str = ""  # until when past dates are run, empty without a backfill
    paused: bool = False  # the backfill
    type: str = ""  # the trigger's class; empty where the flow does not declare the trigger any more
    declared: bool = True  # in the flow; known from a search only
    follows: bool = False  # the text: a write that changes the trigger sets `disabled` as the text says (2.x)

    @property
    def path(self) -> str:
        """What sentences call it: `company.team/hello/daily`."""
        return f"{self.flow_path}/{self.trigger}"

    @property
    def flow_path(self) -> str:
        """What sentences call its flow: `company.team/hello`."""
        return f"{self.namespace}/{self.flow}"
