"""A plan as a file: what was planned, from what, and how it is made again to see whether all of it still holds."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from deployer.errors import UsageError
from deployer.model.change import Plan

FORMAT = 2
AGAIN = "make it anew: kestra-deployer plan --out FILE"


@dataclass(frozen=True, slots=True)
class Saved:
    """What a plan's file says: the plan's digest, what it was made for, and the options it was made with."""

    digest: str
    server: str
    tenant: str
    options: Mapping[str, Any]

    def text(self, plan: Plan) -> str:
        """Return the file's content; the changes are there for people, the digest is what counts."""
        changes = [
            {
                "action": change.action,
                "key": str(change.key),
                "file": change.origin,
                "revision": change.live.revision if change.live else None,
                "reason": change.reason,
                "held": change.held,
            }
            for change in plan.changes
            if change.writes or change.held
        ]
        document = {
            "format": FORMAT,
            "digest": self.digest,
            "server": self.server,
            "tenant": self.tenant,
            "options": dict(self.options),
            "changes": changes,
        }
        return json.dumps(document, indent=2) + "\n"


def read_saved(name: str, text: str, options: Collection[str]) -> Saved:
    """Return what a plan's file says, which has exactly these options. Raises UsageError for anything else."""
    try:
        data = json.loads(text)
        if data["format"] != FORMAT:
            raise UsageError(f"{name} is a plan of another kestra-deployer (format {data['format']})", hint=AGAIN)
        if set(data["options"]) != set(options):
            raise UsageError(f"{name} is a plan of another kestra-deployer", hint=AGAIN)
        return Saved(str(data["digest"]), str(data["server"]), str(data["tenant"]), dict(data["options"]))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise UsageError(f"{name} is not a saved plan", hint=AGAIN) from error
