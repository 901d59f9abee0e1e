"""What a trial says in JSON, and what it leaves on the server."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from jsonschema import Draft202012Validator
from proxy import Fault, Proxy

_ONE = re.compile(r"/executions/([0-9A-Za-z]{15,})\b")
SCHEMA = json.loads((Path(__file__).parents[2] / "docs/trial.schema.json").read_text())


@dataclass(frozen=True, slots=True)
class Found:
    """The JSON document of a trial, which is what its published schema says, and the exit code."""

    document: dict[str, Any]
    code: int

    def steps(self, verdict: str) -> list[str]:
        """The steps of the promises with a verdict, each once, in their order."""
        return list(dict.fromkeys(each["step"] for each in self.document["promises"] if each["verdict"] == verdict))

    def of(self, judge: str) -> str:
        """All that was found of the promises whose sentence holds this."""
        [each] = [each for each in self.document["promises"] if judge in each["promise"]]
        return f"{each['verdict']}: {' | '.join(each['found'])}"


def document(text: str, code: int) -> Found:
    found = json.loads(text)
    Draft202012Validator(SCHEMA).validate(found)
    assert found["exit_code"] == code
    return Found(found, code)


def where(part: str, fault: Fault) -> Callable[[int, str], Fault | None]:
    """Do this to every request whose method and address hold a text."""
    return lambda _, asked: fault if part in asked else None


def flows(api: httpx.Client) -> set[str]:
    """The flows of the whole tenant."""
    found = api.get("/flows/search", params={"size": 100}).raise_for_status().json()["results"]
    return {f"{each['namespace']}/{each['id']}" for each in found}


def executions(api: httpx.Client, server: Proxy | None = None) -> set[str]:
    """The executions of the whole tenant that a search shows, and those that were ever asked about past this proxy.

    Before 1.2 no search shows those of kind TEST.
    """
    found: set[str] = set()
    for kind in ("", "TEST"):
        params = {"size": "100"} | ({"filters[kind][IN]": kind} if kind else {})
        answer = api.get("/executions/search", params=params)
        if answer.is_success:
            found |= {each["id"] for each in answer.json()["results"]}
    asked = {match[1] for each in server.requests if (match := _ONE.search(each))} if server else set()
    return found | {name for name in asked if api.get(f"/executions/{name}").is_success}


def keys(api: httpx.Client, server: Proxy) -> set[str]:
    """The keys of the key-values that are still there, of all that were ever written past this proxy."""
    written = {asked.split()[1].split(f"{api.base_url.path}")[-1] for asked in server.requests if "/kv/" in asked}
    return {path for path in written if api.get(path).is_success}
