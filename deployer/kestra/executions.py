"""Executions: start, follow, read, search, kill, outputs. A start is never sent twice: it would run the flow twice."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

import httpx

from deployer.errors import ENDS_ALL, KestraError, KestraNotFoundError
from deployer.kestra.answers import Execution, Page, UnexpectedShapeError, items, mapping
from deployer.kestra.bodies import inputs as parts_of
from deployer.kestra.bounds import TooLargeError, decoded
from deployer.kestra.calls import Calls
from deployer.kestra.dialect import kind_filter
from deployer.kestra.operations import (
    CREATE_EXECUTION,
    EXECUTION,
    FOLLOW_EXECUTION,
    KILL_EXECUTION,
    OUTPUTS,
    SEARCH_EXECUTIONS,
    Operation,
)
from deployer.model.version import Dialect

_LOOKS = (0.0, 0.5, 1.0, 2.0, 4.0)  # seconds before each look for a lost execution: a start shows up a little later
_REFUSALS = frozenset({400, 401, 403, 405, 406, 413, 415, 422})
"""What is answered to a start before it is carried out. Anything else may come after the deed, by a way that broke."""
_CONFLICTS = ("is disabled", "invalid flow")
"""What Kestra says with 409 of a flow that it does not start; a 409 without it is not Kestra's."""


class ExecutionCalls(Calls):
    """The endpoints under `executions` and `outputs`."""

    def create_execution(
        self,
        namespace: str,
        id: str,
        *,
        inputs: Mapping[str, Any] | None = None,
        labels: Mapping[str, str] | None = None,
        revision: int | None = None,
        kind: str | None = None,
    ) -> Execution:
        """Start a flow. Sent once: when its answer is lost, the execution with all these labels is looked for.

        So give a label that no other execution has; without labels a lost answer stays lost. `kind` is NORMAL or TEST;
        before 1.2 no search shows what is TEST. Raises KestraNotFoundError (no such flow), KestraRefusedError
        (disabled; inputs missing or wrong), and any KestraError with `unknown` set where it may run and was not found.
        """
        params: list[tuple[str, str | int]] = [("labels", f"{key}:{value}") for key, value in (labels or {}).items()]
        params += [("revision", revision)] if revision is not None else []
        params += [("kind", kind)] if kind else []
        try:
            return self._execution(CREATE_EXECUTION, namespace, id, params=params, files=parts_of(inputs or {}) or None)
        except KestraError as error:
            if not labels or _refuses(error):
                raise
            if found := self._lost(labels):
                return found
            error.unknown = True
            error.hint = f"{error.hint}; whether the flow was started is not known: look before you start it again"
            raise

    def _lost(self, labels: Mapping[str, str]) -> Execution | None:
        """Return the execution that was started although no good answer came, None where none is found."""
        for wait in _LOOKS:
            self._connection.sleep(wait)
            try:
                found = self.find_execution(labels)
            except ENDS_ALL:
                return None
            except KestraError:
                continue
            if found is not None:
                return found
        return None

    @property
    def shows_tests(self) -> bool:
        """Whether searches of this server can show executions of kind TEST: from 1.2 on. Raises KestraError."""
        return kind_filter(self._connection.server())

    def execution(self, execution_id: str) -> Execution:
        """Return an execution as it is now: the truth, where a stream is only a hint. Raises KestraNotFoundError."""
        return self._execution(EXECUTION, execution_id)

    def find_execution(self, labels: Mapping[str, str]) -> Execution | None:
        """Return an execution, TEST or not, that has all these labels; None where there is none.

        Asked twice: TEST ones show only to who asks for them, and those started without a kind only to who asks for
        none, not as NORMAL (asked of the 1.3.31 and 2.0.0 engines).
        """
        all_but_test: tuple[str, ...] = ()
        for kinds in (("TEST",), all_but_test):
            if found := self.search_executions(labels=labels, kinds=kinds, size=1):
                return found[0]
        return None

    def search_executions(
        self,
        *,
        namespace: str | None = None,
        flow_id: str | None = None,
        labels: Mapping[str, str] | None = None,
        kinds: Collection[str] = (),
        states: Collection[str] = (),
        size: int = 100,
    ) -> list[Execution]:
        """Return at most `size` executions that match everything given. Without `kinds` the server leaves TEST out.

        A server refuses (422) a name among `states` that its version does not know. `kinds` is not sent to servers
        before 1.2, which do not know it.
        """
        params: dict[str, str | int] = {"page": 1, "size": size}
        if namespace:
            params["filters[namespace][EQUALS]"] = namespace
        if flow_id:
            params["filters[flowId][EQUALS]"] = flow_id
        if kinds and kind_filter(self._connection.server()):
            params["filters[kind][IN]"] = ",".join(kinds)
        if states:
            params["filters[state][IN]"] = ",".join(states)
        for key, value in (labels or {}).items():
            params[f"filters[labels][EQUALS][{key}]"] = value

        def read(data: object) -> tuple[Execution, ...]:
            return items(list(Page.read(data).results), Execution.read)

        return [self._linked(execution) for execution in self._ask(SEARCH_EXECUTIONS, read, params=params)]

    def follow_execution(self, execution_id: str, *, until: float) -> Iterator[Execution]:
        """Yield the execution at each change that the server tells of; end at its end, at a cut, or at `until`.

        `until` is in `time.monotonic()` seconds. Nothing is raised, nothing is promised: events may be missing, and a
        paused execution never ends its stream. Ask `execution` for the truth.
        """
        for event in self._connection.events(FOLLOW_EXECUTION, execution_id, until=until):
            if event.id == "start":  # 1.x: an execution with nothing but its id
                continue
            try:
                yield self._linked(Execution.read(decoded(event.data)))
            except (ValueError, TooLargeError, UnexpectedShapeError):
                return
            if event.id == "end":
                return

    def kill_execution(self, execution_id: str) -> None:
        """Ask for an execution, and all that it started, to be killed; it is so a little later.

        One that is over stays as it is. Raises KestraNotFoundError.
        """
        self._connection.tell(KILL_EXECUTION[self._connection.server().dialect], execution_id)

    def outputs_from_execution(self, execution_id: str) -> Mapping[str, Any]:
        """Return the outputs of the flow. Raises KestraNotFoundError."""
        if self._connection.server().dialect is Dialect.V1:
            return self.execution(execution_id).outputs
        return self._ask(OUTPUTS, lambda data: mapping(data, "outputs"), execution_id)

    def _execution(self, operation: Operation, *names: str, **parts: Any) -> Execution:
        return self._linked(self._ask(operation, Execution.read, *names, **parts))

    def _linked(self, execution: Execution) -> Execution:
        """Return the execution with a full address of its page: the server gives a path, or none."""
        host, url = self._connection.host, execution.url
        if not url:
            where = f"{execution.namespace}/{execution.flow_id}/{execution.id}"
            url = f"/ui/{self._connection.tenant}/executions/{where}"
        return replace(execution, url=f"{host}{url}" if url.startswith("/") else url)


def _refuses(error: KestraError) -> bool:
    """Whether nothing was started, as an answer says or as there is nobody to ask."""
    if isinstance(error.__cause__, httpx.ConnectError | httpx.ConnectTimeout):
        return True  # it was never sent
    if error.status == httpx.codes.CONFLICT:
        return any(words in error.reason for words in _CONFLICTS)
    return error.status in _REFUSALS or isinstance(error, KestraNotFoundError)
