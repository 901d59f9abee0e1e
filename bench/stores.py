#!/usr/bin/env python3
"""What the database behind Kestra makes of a deploy that changes nothing: `bench/stores.py` prints tables in Markdown.

Needs `kestra-deployer[engine]`. The embedded engine is measured on H2 with its own settings and with those that Kestra
gives it, each in a file of its own; `--server NAME=URL` adds a server that is there, on whatever database it has: one
for tests, with KESTRA_USERNAME and KESTRA_PASSWORD where it asks for them. Each is given flows with a few revisions, in
some namespaces. Then `sync` is measured beside one GET for each flow, one after another, through one connection; and
every form of the queries that could tell the same. What a server was given is deleted at the end.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from math import ceil
from pathlib import Path
from statistics import median

import httpx
from flow_text import NAMESPACE
from stores_table import EACH, FORMS, OURS, Content, Form, Measured, said
from sync_table import AT_ONCE, Cost
from world import OUR_COMMAND, PAGE, PROJECT, TENANT, World, api_url, before, files, role, run

NAMESPACES = 15
YAML = {"content-type": "application/x-yaml"}
JSON = {"content-type": "application/json"}
BELOW = {"filters[namespace][STARTS_WITH]": f"{NAMESPACE}."}
LEDGER = f"/namespaces/system/kv/kestra-deployer.{PROJECT}.default"


def main() -> None:
    """Print the tables; or, with `be-gets`, be the process that `sync` is measured beside."""
    if sys.argv[1:] == ["be-gets"]:
        be_gets()
        return
    parser = argparse.ArgumentParser(description="Measure what the database makes of deploys; prints Markdown.")
    contents = [Content(300, 4), Content(1000, 1)]
    parser.add_argument(
        "--flows", type=_contents, default=contents, help="how many, and revisions of each: 300x4,1000x1"
    )
    parser.add_argument("--repeats", type=int, default=3, help="how often all is measured; the median counts")
    parser.add_argument("--kestra", default="1.3", help="the version of the engine")
    parser.add_argument("--server", type=_named, action="append", default=[], metavar="NAME=URL", help="one more store")
    parser.add_argument("--only-servers", action="store_true", help="leave out the embedded engine")
    options = parser.parse_args()
    stores = {} if options.only_servers else _embedded(options.kestra)
    stores |= {name: partial(there, url) for name, url in options.server}
    if not stores:
        parser.error("--only-servers needs --server")
    found: dict[Content, dict[str, Measured]] = {}
    for content in options.flows:
        for name, start in stores.items():
            with start() as here:
                fill(here, content)
                found.setdefault(content, {})[name] = measured(here, content, options.repeats)
            print(f"{name}: {content} measured", file=sys.stderr, flush=True)
    print(said(found, NAMESPACES, servers=bool(options.server)))


def _contents(text: str) -> list[Content]:
    return [Content(*map(int, each.split("x"))) for each in text.split(",")]


def _named(text: str) -> tuple[str, str]:
    name, _, url = text.partition("=")
    if not url.startswith("http://"):
        raise argparse.ArgumentTypeError(
            "not of the form NAME=http://HOST:PORT, such as PostgreSQL=http://127.0.0.1:8080"
        )
    return name, url


Start = Callable[[], AbstractContextManager[World]]


def _embedded(version: str) -> dict[str, Start]:
    """Return what gives an embedded engine with its data in a file, by what the tables call it."""
    from deployer.engine.jvm.database import Database  # noqa: PLC0415  (the measured process does without)

    return {
        "H2 as embedded": partial(embedded, version, Database.EMBEDDED),
        "H2 as a server has it": partial(embedded, version, Database.SERVER),
    }


@contextmanager
def embedded(version: str, database: str) -> Iterator[World]:
    """Give an engine of its own with its data in a file."""
    from deployer.engine.jvm.database import Database  # noqa: PLC0415
    from deployer.engine.process.launch import launch  # noqa: PLC0415
    from deployer.model.version import named  # noqa: PLC0415

    with (
        tempfile.TemporaryDirectory() as folder,
        launch(named(version), data=Path(folder) / "data", database=Database(database)) as engine,
        before(engine.url, engine.pid, namespaces=NAMESPACES) as here,
    ):
        yield here


@contextmanager
def there(url: str) -> Iterator[World]:
    """Give a server that is there, refusing one that has such flows already, and delete what it was given."""
    with before(url.rstrip("/"), namespaces=NAMESPACES) as here, client(here.server) as api:
        if total(api):
            raise SystemExit(f"{url} has flows below {NAMESPACE} already: name a server that is for tests")
        try:
            yield here
        finally:
            api.delete("/flows/delete/by-query", params=BELOW, headers=JSON).raise_for_status()
            api.delete(LEDGER, headers=JSON).raise_for_status()


def client(server: str) -> httpx.Client:
    """Return a client for the tenant of a server."""
    user, password = (os.environ.get(f"KESTRA_{name}") for name in ("USERNAME", "PASSWORD"))
    auth = (user, password) if user and password else None
    return httpx.Client(base_url=f"{server}/api/v1/{TENANT}", headers=YAML, timeout=600, auth=auth)


def total(api: httpx.Client) -> int:
    """Return how many flows of ours there are."""
    return int(api.get("/flows/search", params={**BELOW, "size": "1"}).raise_for_status().json()["total"])


def fill(here: World, content: Content) -> None:
    """Store the flows with so many revisions each, the last of them what the project says."""
    with client(here.server) as api, ThreadPoolExecutor(AT_ONCE) as pool:

        def create(number: int) -> None:
            api.post("/flows", content=here.text(number, says(0))).raise_for_status()

        def update(number: int, text: str) -> None:
            path = f"/flows/{here.namespace(number)}/flow-{number}"
            api.put(path, content=here.text(number, text)).raise_for_status()

        def says(revision: int) -> str:
            return "done" if revision == content.revisions - 1 else f"revision {revision}"

        list(pool.map(create, range(content.flows)))
        for revision in range(1, content.revisions):
            list(pool.map(partial(update, text=says(revision)), range(content.flows)))
    here.write(range(content.flows))


def measured(here: World, content: Content, repeats: int) -> Measured:
    """Return what a deploy without a change and the queries take, and see that nothing was changed."""
    with client(here.server) as api:
        stored = revisions(api)
    if len(stored) != content.flows:
        raise SystemExit(f"of {content}, {len(stored)} are there")
    run(here, OUR_COMMAND)  # it takes over the flows that are there
    costs: dict[str, list[Cost]] = {OURS: [], EACH: []}
    for _ in range(repeats):
        costs[OURS].append(run(here, OUR_COMMAND))
        costs[EACH].append(run(here, role(__file__, "be-gets")))
    seconds: dict[Form, float] = {}
    with client(here.server) as api:
        for form in FORMS:
            here.settle()
            seconds[form] = median(asked(api, form, content.flows) for _ in range(repeats))
        if revisions(api) != stored:
            raise SystemExit(f"not all of {content} are as they were stored")
    return Measured(costs, seconds)


def revisions(api: httpx.Client) -> dict[str, int]:
    """Return the newest revision of each flow of ours, which counts on from before where it was once deleted."""
    found: dict[str, int] = {}
    for page in range(1, ceil(total(api) / PAGE) + 1):
        params = {**BELOW, "page": str(page), "size": str(PAGE)}
        results = api.get("/flows/search", params=params).raise_for_status().json()["results"]
        found |= {flow["id"]: int(flow["revision"]) for flow in results}
    return found


def asked(api: httpx.Client, form: Form, flows: int) -> float:
    """Return how many seconds a form of a query takes, and see that it tells all flows."""
    names = ",".join(f"{NAMESPACE}.team{number}" for number in range(min(NAMESPACES, flows)))
    params: dict[str, str | list[str]] = {
        **({} if form.export else {"page": "1", "size": str(PAGE)}),
        **({"sort": ["namespace:asc", "id:asc"]} if form.sort else {}),
        **({"filters[namespace][IN]": names} if form.operation == "IN" else {}),
        **(BELOW if form.operation == "STARTS_WITH" else {}),
    }
    began = time.perf_counter()
    answer = api.get("/flows/export/by-query" if form.export else "/flows/search", params=params).raise_for_status()
    seconds = time.perf_counter() - began
    told = len(zipfile.ZipFile(io.BytesIO(answer.content)).namelist()) if form.export else answer.json()["total"]
    if told != flows:
        raise SystemExit(f"{form} tells {told} flows of {flows}")
    return seconds


def be_gets() -> None:
    """Look every flow up, one after another."""
    with client(os.environ["KESTRA_HOST"]) as api:
        api.base_url = httpx.URL(api_url())
        for namespace, name, _ in files():
            api.get(f"/flows/{namespace}/{name}", params={"source": "true"}).raise_for_status()


if __name__ == "__main__":
    main()
