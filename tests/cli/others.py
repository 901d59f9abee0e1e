"""What other people do on the server: they edit, stop and delete flows."""

from __future__ import annotations

from typing import Any

import httpx

YAML = {"Content-Type": "application/x-yaml"}


def source(api: httpx.Client, name: str) -> str:
    """The text that is live."""
    return str(api.get(f"/flows/company.team/{name}", params={"source": "true"}).raise_for_status().json()["source"])


def edit(api: httpx.Client, name: str, old: str, new: str) -> str:
    """Change a live text; return the new one."""
    return put(api, name, source(api, name).replace(old, new))


def put(api: httpx.Client, name: str, text: str) -> str:
    """Write a text over the live one; return it."""
    api.put(f"/flows/company.team/{name}", content=text.encode(), headers=YAML).raise_for_status()
    return text


def save_draft(api: httpx.Client, name: str, old: str, new: str) -> str:
    """Save a draft above a flow (2.x); return its text."""
    text = source(api, name).replace(old, new)
    where = f"/flows/company.team/{name}"
    saved = api.put(where, params={"draft": "true"}, content=text.encode(), headers=YAML).raise_for_status()
    assert saved.json()["draft"]
    return text


def create(api: httpx.Client, text: str) -> None:
    """Store a flow."""
    api.post("/flows", content=text.encode(), headers=YAML).raise_for_status()


def disable(api: httpx.Client, name: str) -> None:
    """Stop a flow, as the user interface does."""
    api.post("/flows/disable/by-ids", json=[{"namespace": "company.team", "id": name}]).raise_for_status()


def enable(api: httpx.Client, name: str) -> None:
    """Start a flow again."""
    api.post("/flows/enable/by-ids", json=[{"namespace": "company.team", "id": name}]).raise_for_status()


def there(api: httpx.Client) -> set[str]:
    """The names of the flows on the server."""
    found: list[dict[str, Any]] = api.get("/flows/search", params={"size": 500}).raise_for_status().json()["results"]
    return {str(each["id"]) for each in found}
