"""Removes everything that a trial created, by its unique names, and reports what could not be removed."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial

from deployer.errors import KestraError, KestraNotFoundError
from deployer.kestra.answers import Execution
from deployer.ledgers import OnServer
from deployer.trial.deploys import PROBE
from deployer.trial.executions import PATIENCE, eventually, find
from deployer.trial.ground import Ground, ends
from deployer.trial.project import NAMES

_LOOKS = 5  # checks for what was deleted: a search may lag behind
_PAUSE = 1.0  # seconds
_AGAIN = 5.0  # seconds; a kill that comes right after the start may be lost (seen with 2.0.0)


def clean_up(ground: Ground) -> list[str]:
    """Kill, delete and check; return a sentence for everything that is left, with its URL and the reason."""
    cleaning = _Cleaning(ground)
    time.sleep(_PAUSE)  # a new execution is not visible at once
    try:
        cleaning.executions()
        cleaning.flows()
        cleaning.keys()
        return cleaning.left()
    except KestraError as error:  # no answer, or none that says what is left
        flows = ", ".join(key.path for key in ground.project.keys.values())
        return [f"it is unknown what is left; look for flows and executions of {flows}: {error}"]


@dataclass(slots=True)
class _Cleaning:
    """`why` has the server's messages by subject: reported only for what is still there at the end."""

    ground: Ground
    why: dict[str, str] = field(default_factory=dict)

    def executions(self) -> None:
        """Kill running executions, and delete ended ones. One that does not end is left, to remain traceable."""
        ground, client = self.ground, self.ground.client
        end = time.monotonic() + PATIENCE
        while (running := self._running()) and time.monotonic() < end:
            for name in running:
                self._try(name, partial(client.kill_execution, name))
            eventually(lambda: not self._running(), _AGAIN)
        for execution_id in sorted(ground.started):
            if self._ended(execution_id):
                self._try(execution_id, partial(client.delete_execution, execution_id))

    def _running(self) -> list[str]:
        """Return the running executions, without those whose kill was refused."""
        known = sorted(self._executions() - self.why.keys())
        return [each.id for each in map(self._execution, known) if each and not each.over]

    def flows(self) -> None:
        """Delete all flows, callers first."""
        for name in reversed(NAMES):
            key = self.ground.project.key(name)
            self._try(key.name, partial(self.ground.client.delete_flow, key.namespace, key.name))

    def keys(self) -> None:
        """Delete the ledger."""
        for name in self._key_names():
            self._try(name, partial(self.ground.client.delete_key_value, self.ground.project.namespace, name))

    def left(self) -> list[str]:
        """Return what is still there after a few checks. Raises KestraError.

        An execution that was just started may have called a flow meanwhile: its executions are removed as well.
        """
        left = self._still_there()
        for _ in range(_LOOKS - 1):
            if not left or self.why:
                break
            time.sleep(_PAUSE)
            self.executions()
            left = self._still_there()
        return left

    def _try(self, what: str, act: Callable[[], object]) -> None:
        """Call `act`; a missing subject is fine. Raises the errors that end a trial."""
        try:
            with suppress(KestraNotFoundError):
                act()
        except KestraError as error:
            if ends(error):
                raise
            self.why[what] = str(error)

    def _executions(self) -> set[str]:
        """Return the executions that the server finds, and those that are known."""
        for name in NAMES:
            self._try("", partial(self._search, name))
        return self.ground.started

    def _search(self, name: str) -> None:
        self.ground.started |= {each.id for each in find(self.ground, self.ground.project.key(name).name)}

    def _execution(self, execution_id: str) -> Execution | None:
        with suppress(KestraNotFoundError):
            return self.ground.client.execution(execution_id)
        return None

    def _ended(self, execution_id: str) -> bool:
        execution = self._execution(execution_id)
        return execution is None or execution.over

    def _still_there(self) -> list[str]:
        client, namespace = self.ground.client, self.ground.project.namespace
        pages = "" if client.server().ours else f"{client.url}/ui/{client.tenant}"
        there = {flow.id for flow in client.list_flows_by_namespace(namespace)}
        left = [
            self._sentence(f"the flow {key.path}", pages and f"{pages}/flows/edit/{key.path}", key.name)
            for key in self.ground.project.keys.values()
            if key.name in there
        ]
        for execution in map(self._execution, sorted(self._executions())):
            if execution:
                what = f"the execution {execution.id}, {execution.state}"
                left.append(self._sentence(what, execution.url, execution.id))
        for name in self._key_names():
            with suppress(KestraNotFoundError):
                client.key_value(namespace, name)
                page = pages and f"{pages}/namespaces/edit/{namespace}/kv"
                left.append(self._sentence(f"the key {name}", page, name))
        return left

    def _sentence(self, what: str, url: str, name: str) -> str:
        why = self.why.get(name)
        return what + (f": {url}" if url else "") + (f" ({why})" if why else "")

    def _key_names(self) -> list[str]:
        """Return the keys that the trial wrote, none if the server refuses them."""
        ground = self.ground
        if not ground.on_server:
            return [PROBE] if ground.probed else []
        return [PROBE, OnServer(ground.client, ground.project.name, namespace=ground.project.namespace).key]
