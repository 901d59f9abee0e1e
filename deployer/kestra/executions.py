"""Executions: start, follow, read, search, kill, outputs. A start is never repeated: it would run the flow twice."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import httpx

from deployer.errors import ENDS_ALL, KestraError, KestraNotFoundError
from deployer.kestra.answers import Execution, Page, Rendered, TaskRun, UnexpectedShapeError, mapping
from deployer.kestra.bodies import inputs as parts_of
from deployer.kestra.bounds import TooLargeError, decode
from deployer.kestra.calls import Calls
from deployer.kestra.dialect import kind_filter
from deployer.kestra.failures import is_undone
from deployer.kestra.operations import (
    CREATE_EXECUTION,
    CREATE_MOCKED_EXECUTION,
    EVAL_EXPRESSION,
    EVAL_TASK_RUN_EXPRESSION,
    EXECUTION,
    FOLLOW_EXECUTION,
    KILL_EXECUTION,
    OUTPUTS,
    SEARCH_EXECUTIONS,
    TASK_RUN_OUTPUTS,
    Operation,
)
from deployer.kestra.paging import LARGEST_PAGE, read_page, read_pages
from deployer.model.version import Dialect

_FIXTURES = "kestra-deployer.fixtures"  # the part that an engine of our own reads fixtures from
_LOOKS = (0.0, 0.5, 1.0, 2.0, 4.0)  # seconds before each search for a lost execution: a new one is visible later
_CONFLICTS = ("is disabled", "invalid flow")
"""Kestra's messages with 409 for a flow that it does not start; any other 409 is not Kestra's."""


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
        fixtures: Mapping[str, Any] | None = None,
    ) -> Execution:
        """Start a flow. Sent once: if the answer is lost, the execution with all these labels is searched.

        So pass a label that no other execution has; without labels a lost answer stays lost. `kind` is NORMAL or TEST;
        before 1.2 no search shows TEST executions. `fixtures` are what is mocked, as Kestra's test suites have them:
        only an engine of our own takes them. Raises KestraNotFoundError (no such flow), KestraRefusedError (disabled,
        missing or invalid inputs), and any KestraError with `unknown` set if it may run but was not found.
        """
        params: list[tuple[str, str | int]] = [("labels", f"{key}:{value}") for key, value in (labels or {}).items()]
        params += [("revision", revision)] if revision is not None else []
        params += [("kind", kind)] if kind else []
        operation, parts = CREATE_EXECUTION, parts_of(inputs or {})
        if fixtures is not None:
            operation, parts = CREATE_MOCKED_EXECUTION, [*parts, (_FIXTURES, (None, json.dumps(fixtures)))]
        try:
            return self._execution(operation, namespace, id, params=params, files=parts or None)
        except KestraError as error:
            if not labels or _refuses(error):
                raise
            if found := self._lost(labels):
                return found
            error.unknown = True
            error.hint = f"{error.hint}; it is unknown whether the flow was started: check before you start it again"
            raise

    def _lost(self, labels: Mapping[str, str]) -> Execution | None:
        """Return the execution that was started although the answer was lost, None if none is found."""
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
        """Whether searches of this server can show executions of kind TEST: since 1.2. Raises KestraError."""
        return kind_filter(self._connection.server())

    def execution(self, execution_id: str) -> Execution:
        """Return the current state of an execution; reliable, unlike a stream. Raises KestraNotFoundError."""
        return self._execution(EXECUTION, execution_id)

    def find_execution(self, labels: Mapping[str, str]) -> Execution | None:
        """Return an execution, TEST or not, that has all these labels; None if there is none.

        Needs two searches: TEST executions are found only by that kind, and those started without a kind only without
        one, not as NORMAL (tested on the 1.3.31 and 2.0.0 engines).
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
        size: int | None = 100,
    ) -> list[Execution]:
        """Return at most `size` executions that match all arguments, or all of them. Without `kinds`, TEST is left out.

        A server refuses (422) a state that its version does not have. `kinds` is not sent to servers before 1.2, which
        do not have this filter.
        """
        params: dict[str, str | int] = {"size": size or LARGEST_PAGE}
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

        def read(number: int, **order: str) -> tuple[Page, tuple[Execution, ...]]:
            sent = {**params, "page": number, **order}
            return self._ask(SEARCH_EXECUTIONS, lambda data: read_page(data, Execution.read), params=sent)

        found, total = read_pages(SEARCH_EXECUTIONS, read, most=1)
        if size is None and len(found) < total:  # pages agree only in an order, which is slow (see `search_flows`)
            found, _ = read_pages(SEARCH_EXECUTIONS, partial(read, sort="id:asc"))
        return [self._with_url(each) for each in {each.id: each for each in found}.values()]

    def follow_execution(self, execution_id: str, *, until: float) -> Iterator[Execution]:
        """Yield the execution at each change that the server reports; stop at its end, if cut, or at `until`.

        `until` is in `time.monotonic()` seconds. Nothing is raised or guaranteed: events may be missing, and the stream
        of a paused execution never ends. `execution` returns the reliable state.
        """
        for event in self._connection.events(FOLLOW_EXECUTION, execution_id, until=until):
            if event.id == "start":  # 1.x: an execution with only its id
                continue
            try:
                yield self._with_url(Execution.read(decode(event.data)))
            except (ValueError, TooLargeError, UnexpectedShapeError):
                return
            if event.id == "end":
                return

    def kill_execution(self, execution_id: str) -> None:
        """Request that an execution, and everything it started, be killed, which takes a moment.

        One that has ended stays unchanged. Raises KestraNotFoundError.
        """
        self._connection.tell(KILL_EXECUTION[self._connection.server().dialect], execution_id)

    def outputs_from_execution(self, execution_id: str) -> Mapping[str, Any]:
        """Return the outputs of the flow: 2.0.0 answers 404 where there are none. Raises KestraNotFoundError."""
        if self._connection.server().dialect is Dialect.V1:
            return self.execution(execution_id).outputs
        try:
            return self._ask(OUTPUTS, lambda data: mapping(data, "outputs"), execution_id)
        except KestraNotFoundError:
            return self.execution(execution_id).outputs

    def outputs_from_task_run(self, execution_id: str, run: TaskRun) -> Mapping[str, Any]:
        """Return the outputs of a task run, whose execution 2.x shows without them. Raises KestraNotFoundError."""
        if self._connection.server().dialect is Dialect.V1:
            return run.outputs
        return self._ask(TASK_RUN_OUTPUTS, lambda data: mapping(data, "outputs"), execution_id, run.id)

    def eval_expression(self, execution: Execution, expression: str) -> Rendered:
        """Return what a Pebble template is in an execution, or why it cannot be rendered. Raises KestraError.

        The request changes nothing, so it is retried like a GET. Kestra 1.0 has no other context than that of a task
        run: there, the last one's counts.
        """
        operation = EVAL_EXPRESSION[self._connection.server().dialect]
        try:
            return self._ask(operation, Rendered.read, execution.id, content=expression, repeat=True)
        except KestraNotFoundError:
            if not execution.task_runs:
                raise
        run = execution.task_runs[-1].id
        return self._ask(EVAL_TASK_RUN_EXPRESSION, Rendered.read, execution.id, run, content=expression, repeat=True)

    def _execution(self, operation: Operation, *names: str, **parts: Any) -> Execution:
        return self._with_url(self._ask(operation, Execution.read, *names, **parts))

    def _with_url(self, execution: Execution) -> Execution:
        """Return the execution with the full URL of its page: the server returns a path, or nothing."""
        if (server := self._connection.known) and server.ours:
            return replace(execution, url="")
        host, url = self._connection.host, execution.url
        if not url:
            where = f"{execution.namespace}/{execution.flow_id}/{execution.id}"
            url = f"/ui/{self._connection.tenant}/executions/{where}"
        return replace(execution, url=f"{host}{url}" if url.startswith("/") else url)


def _refuses(error: KestraError) -> bool:
    """Whether nothing was started, according to the answer, or because there was no connection."""
    if error.status == httpx.codes.CONFLICT:
        return any(words in error.reason for words in _CONFLICTS)
    return is_undone(error)
