"""Where the ledger is kept: in the key-value store of a namespace on the server, in a file, or nowhere.

Kestra's store knows no compare-and-set, so what is written is what was read a moment before with our changes in it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from deployer import regular
from deployer.errors import DeployerError, KestraNotFoundError
from deployer.kestra.client import KestraClient
from deployer.kinds import is_known
from deployer.model.ledger import FORMAT, Entry, Lease, Ledger
from deployer.model.resource import SYSTEM, Key

FORBIDDEN = 403
GRANT = "or name another namespace with `ledger:` in kestra-deployer.yaml"
_UNFIT = re.compile(r"[^A-Za-z0-9_-]+")
_KEY = "kestra-deployer."
_LONGEST = 120  # characters of a name in a key


class LedgerError(DeployerError):
    """What is kept as the ledger cannot be read: by this deployer, or at all."""


class Keeper(Protocol):
    """Keeps the ledger of one project and environment between runs."""

    @property
    def place(self) -> str:
        """Where it is kept, for people."""

    def read(self) -> Ledger:
        """Return what was kept last, an empty ledger where nothing was."""

    def write(self, ledger: Ledger) -> None:
        """Keep a ledger in place of the one before."""

    def others(self) -> Iterator[Ledger]:
        """Yield the ledgers of other projects and environments that are kept in the same place."""

    def of(self, ledger: Ledger) -> Keeper:
        """Return the keeper of one of those."""


@dataclass(frozen=True, slots=True)
class OnServer:
    """A value of the key-value store: `kestra-deployer.PROJECT.ENVIRONMENT`, as JSON."""

    client: KestraClient
    project: str
    environment: str = "default"
    namespace: str = SYSTEM

    @property
    def key(self) -> str:
        """The value's key. What a key may not hold is replaced, and a hash keeps such names apart."""
        return f"{_KEY}{_fit(self.project)}.{_fit(self.environment)}"

    @property
    def place(self) -> str:
        """Where it is kept, for people."""
        return f"the key {self.key} of the namespace {self.namespace}"

    def read(self) -> Ledger:
        """Return what was kept last. Raises KestraError, and LedgerError for what is no ledger."""
        try:
            kept = self.client.key_value(self.namespace, self.key)
        except KestraNotFoundError:
            return Ledger(self.project, self.environment)
        return _read(kept.value, self)

    def write(self, ledger: Ledger) -> None:
        """Keep a ledger. Raises KestraError."""
        self.client.set_key_value(self.namespace, self.key, _written(ledger))

    def others(self) -> Iterator[Ledger]:
        """Yield the others of the namespace, by one request and one for each. Raises KestraError and LedgerError."""
        keys = (key for key in self.client.list_keys(self.namespace) if key.startswith(_KEY) and key != self.key)
        for key in keys:
            try:
                value = self.client.key_value(self.namespace, key).value
            except KestraNotFoundError:
                continue  # deleted meanwhile
            named = value if isinstance(value, Mapping) else {}
            keeper = replace(self, project=str(named.get("project")), environment=str(named.get("environment")))
            if keeper.key != key:
                message = f"the key {key} of the namespace {self.namespace} does not hold the ledger of that name"
                raise LedgerError(message, hint="restore it, or remove it")
            yield _read(value, keeper)

    def of(self, ledger: Ledger) -> Keeper:
        """Return the keeper of another project's ledger."""
        return replace(self, project=ledger.project, environment=ledger.environment)


@dataclass(frozen=True, slots=True)
class InFile:
    """A file, replaced as a whole."""

    file: Path
    project: str
    environment: str = "default"

    @property
    def place(self) -> str:
        """Where it is kept, for people."""
        return str(self.file)

    def read(self) -> Ledger:
        """Return what was kept last. Raises LedgerError."""
        try:
            text = regular.text(self.file)
        except FileNotFoundError:
            return Ledger(self.project, self.environment)
        except (OSError, UnicodeDecodeError) as error:
            raise LedgerError(f"{self.file} cannot be read: {error}", hint="name another with `ledger:`") from error
        try:
            data = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise LedgerError(f"{self.file} is not a ledger: {error}", hint="restore it, or name another") from error
        return _read(data, self)

    def write(self, ledger: Ledger) -> None:
        """Keep a ledger. Raises LedgerError."""
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            regular.replace(self.file, _written(ledger))
        except OSError as error:
            raise LedgerError(f"{self.file} cannot be written: {error}", hint="name another with `ledger:`") from error

    def others(self) -> Iterator[Ledger]:
        """Yield nothing: the file is this project's."""
        yield from ()

    def of(self, ledger: Ledger) -> Keeper:
        """Return what would keep another project's ledger in this file."""
        return replace(self, project=ledger.project, environment=ledger.environment)


@dataclass(frozen=True, slots=True)
class Nowhere:
    """No ledger: every run begins without knowing what the one before did."""

    project: str = ""
    environment: str = "default"
    place: str = "nowhere"

    def read(self) -> Ledger:
        """Return an empty ledger."""
        return Ledger(self.project, self.environment)

    def write(self, ledger: Ledger) -> None:
        """Forget it."""

    def others(self) -> Iterator[Ledger]:
        """Yield nothing."""
        yield from ()

    def of(self, ledger: Ledger) -> Keeper:
        """Return nowhere, for another project."""
        return replace(self, project=ledger.project, environment=ledger.environment)


def _fit(name: str) -> str:
    fit = _UNFIT.sub("-", name)[:_LONGEST]
    return fit if fit == name else f"{fit}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def _written(ledger: Ledger) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "project": ledger.project,
        "environment": ledger.environment,
        "entries": [_entry(key, entry) for key, entry in sorted(ledger.entries.items())],
        "pending": [_entry(key, entry) for key, entry in sorted(ledger.pending.items())],
        "lease": {"by": ledger.lease.by, "until": ledger.lease.until} if ledger.lease else None,
        "running": list(ledger.running),
    }


def _key(key: Key) -> dict[str, str]:
    return {"kind": key.kind, "namespace": key.namespace, "name": key.name}


def _entry(key: Key, entry: Entry) -> dict[str, Any]:
    return {
        **_key(key),
        "sent": entry.sent,
        "source": entry.source,
        "file": entry.file,
        "revision": entry.revision,
        "commit": entry.commit,
        "at": entry.at,
        "by": entry.by,
        "stops": list(entry.stops),
        "off": list(entry.off),
        "root": entry.root,
        "origin": entry.origin,
    }


def _read(data: Any, keeper: OnServer | InFile) -> Ledger:
    if isinstance(data, Mapping) and isinstance(data.get("format"), int) and data["format"] > FORMAT:
        raise LedgerError(
            f"the ledger in {keeper.place} was written by a later kestra-deployer", hint="update kestra-deployer"
        )
    try:
        return Ledger(
            keeper.project,
            keeper.environment,
            entries={_key_of(each): _entry_of(each) for each in data["entries"]},
            pending={_key_of(each): _entry_of(each) for each in data["pending"]},
            lease=_lease_of(data.get("lease")),  # the store keeps no nulls
            running=tuple(map(str, data.get("running", ()))),
        )
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError) as error:
        hint = "restore it, or remove it: what is live then counts as deployed by another user"
        raise LedgerError(f"{keeper.place} does not hold a ledger: {error!r}", hint=hint) from error


def _lease_of(data: Mapping[str, Any] | None) -> Lease | None:
    """Return a lease that ends at a moment, which needs a time zone. Raises what `_read` expects."""
    if not data:
        return None
    if datetime.fromisoformat(data["until"]).tzinfo is None:
        raise ValueError(f"the lease's end has no time zone: {data['until']}")
    return Lease(str(data["by"]), data["until"])


def _key_of(data: Mapping[str, Any]) -> Key:
    key = Key(str(data["kind"]), str(data["namespace"]), str(data["name"]))
    if not is_known(key):
        raise ValueError(f"{key} is not a name that Kestra takes")
    return key


def _entry_of(data: Mapping[str, Any]) -> Entry:
    revision = data.get("revision")
    return Entry(
        sent=str(data["sent"]),
        source=str(data["source"]),
        file=str(data["file"]),
        revision=None if revision is None else int(revision),
        commit=str(data["commit"]),
        at=str(data["at"]),
        by=str(data["by"]),
        stops=tuple(map(str, data["stops"])),
        off=tuple(map(str, data.get("off", ()))),
        root=None if data.get("root") is None else str(data["root"]),
        origin=str(data.get("origin") or ""),
    )
