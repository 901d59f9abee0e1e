"""Every version of Kestra reads single values as our reader does."""

from __future__ import annotations

import httpx
from parsing.scalars import READ, REFUSED, TOO_LARGE

from deployer.engine.process.launch import RunningEngine

HEAD = {"Content-Type": "application/x-yaml"}


def flow(id_: str, variables: str) -> bytes:
    task = "  - id: say\n    type: io.kestra.plugin.core.log.Log\n    message: a\n"
    return f"id: {id_}\nnamespace: team.a\ntasks:\n{task}variables:\n{variables}".encode()


def test_every_version_reads_single_values_as_we_do(any_engine: RunningEngine, tenant: str) -> None:
    with httpx.Client(base_url=f"{any_engine.url}/api/v1/{tenant}", timeout=60, headers=HEAD) as api:
        answer = api.post(
            "/flows", content=flow("read", "".join(f"  v{at}: {each[0]}\n" for at, each in enumerate(READ)))
        )
        assert answer.status_code == 200, answer.text
        found = api.get("/flows/team.a/read").json()["variables"]
        tried = [*REFUSED, TOO_LARGE]
        answers = [api.post("/flows", content=flow(f"f{at}", f"  v: {text}\n")) for at, text in enumerate(tried)]
    told = {text: found.get(f"v{at}") for at, (text, _) in enumerate(READ)}
    assert told == dict(READ)
    assert {text: type(value) for text, value in told.items()} == {text: type(value) for text, value in READ}
    assert [text for text, each in zip(tried, answers, strict=True) if each.status_code != 200] == REFUSED
