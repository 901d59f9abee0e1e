"""The training run of Java's ahead-of-time cache: what is stored in it is what an engine has used until its end.

The first flow and the first execution take two to three times as long as the next ones, as their classes are loaded for
them. So an engine that is prepared stores a flow and runs it, through its own web application.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import Any

import httpx
from starlette.applications import Starlette

FLOW = """\
id: training
namespace: company.training
inputs:
  - id: name
    type: STRING
    defaults: engine
tasks:
  - id: either
    type: io.kestra.plugin.core.flow.If
    condition: "{{ inputs.name == 'engine' }}"
    then:
      - id: value
        type: io.kestra.plugin.core.debug.Return
        format: "{{ inputs.name }}"
  - id: say
    type: io.kestra.plugin.core.log.Log
    message: "{{ outputs.value.value }}"
outputs:
  - id: value
    type: STRING
    value: "{{ outputs.value.value }}"
"""
LIMIT = 60.0  # seconds for the execution
_YAML = {"content-type": "application/x-yaml"}
_ENDS = ("SUCCESS", "WARNING", "FAILED", "KILLED")


def train(app: Starlette) -> None:
    """Use the engine behind a web application. If that fails, less is stored, and the engine starts anyway."""
    with suppress(httpx.HTTPError, TimeoutError):
        asyncio.run(_train(app))


async def _train(app: Starlette) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1/api/v1/main") as client:
        await run_flow(client)


async def run_flow(client: httpx.AsyncClient) -> str:
    """Check, store, find and run a flow in the tenant of a client; return the state in which its execution ended.

    Raises httpx.HTTPError where the engine refuses, and TimeoutError where the execution does not end.
    """

    async def ask(method: str, path: str, **parts: Any) -> Any:
        response = await client.request(method, path, **parts)
        return response.raise_for_status().json()

    await ask("GET", "/flows/search")
    await ask("POST", "/flows/validate", content=FLOW, headers=_YAML)
    await ask("POST", "/flows", content=FLOW, headers=_YAML)
    await ask("GET", "/flows/company.training/training")
    execution = await ask("POST", "/executions/company.training/training", files={"name": (None, "engine")})
    until = time.monotonic() + LIMIT
    while time.monotonic() < until:
        found = await ask("GET", "/executions/search")  # 2.x shows an execution a moment after its start
        if found["total"] and (state := found["results"][0]["state"]["current"]) in _ENDS:
            await ask("GET", f"/executions/{execution['id']}")
            return str(state)
        await asyncio.sleep(0.05)
    raise TimeoutError
