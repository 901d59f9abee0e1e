"""What Java's ahead-of-time cache is made from: a flow that every version stores and runs."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from starlette.applications import Starlette

from deployer.engine.process.launch import RunningEngine
from deployer.engine.process.training import _train, run_flow, train


def test_the_flow_runs_on_every_version(any_engine: RunningEngine, tenant: str) -> None:
    async def run() -> str:
        async with httpx.AsyncClient(base_url=f"{any_engine.url}/api/v1/{tenant}", timeout=60) as client:
            return await run_flow(client)

    assert asyncio.run(run()) == "SUCCESS"


def test_an_engine_that_refuses_the_flow_is_prepared_all_the_same() -> None:
    refusing = Starlette()
    train(refusing)  # does not raise
    with pytest.raises(httpx.HTTPStatusError, match="404"):
        asyncio.run(_train(refusing))
