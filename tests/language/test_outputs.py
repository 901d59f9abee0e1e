"""The outputs of tasks are those that each engine documents."""

from __future__ import annotations

import httpx

from deployer.engine.process.launch import RunningEngine
from deployer.language.outputs import OUTPUTS
from deployer.language.types import types_of


def test_every_output_that_an_engine_documents_is_known(any_engine: RunningEngine) -> None:
    types = types_of(any_engine.version.name)
    unknown = {}
    with httpx.Client(base_url=f"{any_engine.url}/api/v1/plugins", timeout=60) as client:
        for cls in OUTPUTS.keys() & types.types.keys():
            schema = client.get(f"/{cls}").raise_for_status().json()["schema"]
            unknown[cls] = (schema.get("outputs") or {}).get("properties", {}).keys() - {*OUTPUTS[cls]}
    assert len(unknown) > 30
    assert {cls: names for cls, names in unknown.items() if names} == {}
