"""Changes one execution: restart, replay, pause, resume and so on; at `actions/…` since 2.0. Not here: `bulk_actions`.

2.x answers with the execution once the executor has changed it; 1.x with the execution as it is handed to the executor,
and to a pause, a resume and a kill without a body.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from starlette.responses import Response

from deployer.engine.http.exchange.answers import as_json
from deployer.engine.http.exchange.call import Call
from deployer.engine.http.exchange.media import JSON, MULTIPART
from deployer.engine.http.exchange.refusal import Refusal, not_found
from deployer.engine.http.exchange.route import LAST_1X, Route
from deployer.engine.http.executions.inputs import answer_verdict, input_parts, read_inputs
from deployer.engine.http.executions.read import find_execution
from deployer.engine.jvm.context import CORE
from deployer.engine.runtime.executions import Change

TEXT_JSON = "text/json"  # Kestra's type for the answer to a kill, and for no other
STATE = CORE + "models.flows.State$Type"
_STATE_REQUEST = "java.util.Map"
_FLOWS = "repositories.FlowRepositoryInterface"


def restart(call: Call) -> Change:
    """Run an execution again from where it failed; 404 if its flow has no such `revision`."""
    execution = find_execution(call)
    return call.runtime.executions.restart(execution, read_revision(call, execution))


def replay(call: Call) -> Change:
    """Start a new execution from `taskRunId`, or from the beginning, with the same inputs."""
    return _replay(call, find_execution(call))


def replay_with_inputs(call: Call) -> Change:
    """Start a new execution likewise, with the inputs of the body."""
    execution, revision = find_execution(call), call.optional(call.java_integer("revision"))
    place = (call.tenant, execution.getNamespace(), execution.getFlowId())
    flow = call.bean("services.FlowService").getFlowIfExecutableOrThrow(*place, revision)
    return _replay(call, execution.withInputs(read_inputs(call, flow, execution)))


def pause(call: Call) -> Change:
    """Pause a running execution."""
    return call.runtime.executions.pause(find_execution(call))


def resume(call: Call) -> Change:
    """Resume a paused execution; 404 if unknown, 409 if not paused, 422 for wrong inputs."""
    return call.runtime.executions.resume(_find_paused(call), input_parts(call))


def resume_from_breakpoint(call: Call) -> Change:
    """Resume an execution at a breakpoint."""
    execution = call.bean("services.ExecutionService").getExecution(call.tenant, call.path["executionId"], True)
    return call.runtime.executions.resume_from_breakpoint(execution, call.query.get("breakpoints"))


def validate_resume(call: Call) -> Response:
    """Return every input of the pause with its value and its errors."""
    execution = _find_paused(call)
    flow = call.bean(_FLOWS).findByExecutionWithoutAcl(execution)
    service = call.bean("services.ExecutionService")
    return answer_verdict(call, flow, service.validateForResume(execution, flow, input_parts(call)).block())


def change_status(call: Call) -> Change:
    """Change the final state of an execution that has ended to `status`."""
    state = read_end_state(call, "status")
    return call.runtime.executions.change_status(find_execution(call), state)


def change_task_run_state(call: Call) -> Change:
    """Change the state of a task run (`taskRunId` and `state` in the body) and run what follows."""
    wanted = call.json("stateRequest", _STATE_REQUEST)
    state = call.java(STATE).valueOf(str(wanted.get("state")))
    return call.runtime.executions.change_task_run_state(find_execution(call), str(wanted.get("taskRunId")), state)


def unqueue(call: Call) -> Change:
    """Take an execution out of the queue of its flow, and set it to `state`."""
    return call.runtime.executions.unqueue(find_execution(call), call.choice("state", STATE))


def force_run(call: Call) -> Change:
    """Run an execution, whatever it waits for."""
    return call.runtime.executions.force_run(find_execution(call))


def kill(call: Call) -> Change:
    """Request a kill; 404 if unknown, 409 if it has ended and its subflows must not be killed either."""
    cascade = call.flag("isOnKillCascade", default=True)
    return call.runtime.executions.kill(find_execution(call), cascade=cascade)


def read_end_state(call: Call, name: str) -> Any:
    """Return the state in a parameter of the query; raises Refusal (400, 422) unless it is terminal."""
    call.require(name)
    state = call.choice(name, STATE)
    if state is None or not state.isTerminated():
        message = "You can only change the state of an execution to a terminal state."
        raise Refusal(422, message, reason="Illegal argument")
    return state


def read_revision(call: Call, execution: Any) -> Any:
    """Return `revision` of the query as a Java number, None if absent; raises Refusal (404) if there is none such."""
    revision = call.java_integer("revision")
    place = (execution.getNamespace(), execution.getFlowId())
    flows = call.bean(_FLOWS)
    if revision is not None and flows.findById(call.tenant, *place, call.optional(revision)).isEmpty():
        raise not_found(f"Unable to find revision {revision} on flow {'.'.join(map(str, place))}")
    return revision


def _replay(call: Call, execution: Any) -> Change:
    revision, breakpoints = read_revision(call, execution), call.query.get("breakpoints")
    return call.runtime.executions.replay(execution, call.query.get("taskRunId"), revision, breakpoints)


def _find_paused(call: Call) -> Any:
    return call.bean("services.ExecutionService").getExecutionIfPause(call.tenant, call.path["executionId"], True)


def make_handler(name: str, prepare: Callable[[Call], Change], empty_status: int | None) -> Callable[[Call], Response]:
    """Return a handler that carries out the change of `prepare`; `empty_status` is that of 1.x for no body."""

    def answer(call: Call) -> Response:
        executions = call.runtime.executions
        changed = executions.carry_out(name, prepare(call))
        if empty_status and executions.empty_answers:
            return Response(status_code=empty_status)
        return as_json(call, changed, TEXT_JSON if name == "Kill" else JSON)

    return answer


_CHANGES: tuple[tuple[str, str, str, Callable[[Call], Change], int | None], ...] = (
    ("POST", "restart", "Restart", restart, None),
    ("POST", "replay", "Replay", replay, None),
    ("POST", "replay-with-inputs", "Replay", replay_with_inputs, None),
    ("POST", "pause", "Pause", pause, 200),
    ("POST", "resume", "Resume", resume, 204),
    ("POST", "resume-from-breakpoint", "Resume from breakpoint", resume_from_breakpoint, 200),
    ("POST", "change-status", "Change status", change_status, None),
    ("POST", "state", "Change task run state", change_task_run_state, None),
    ("POST", "unqueue", "Unqueue", unqueue, None),
    ("POST", "force-run", "Force run", force_run, None),
    ("DELETE", "kill", "Kill", kill, 202),
)
"""Method, end of the path, Kestra's name in messages, function, status of 1.x where it answers without a body."""

_TYPES = {
    "replay-with-inputs": (JSON, MULTIPART),
    "resume": (JSON, MULTIPART),
    "kill": (TEXT_JSON, JSON),
}
"""The types of answer and body, where one of them is not JSON."""


def action_routes(
    method: str, path: str, handler: Callable[[Call], Response], produces: str = JSON, consumes: str = JSON
) -> Iterator[Route]:
    """Yield the rows of an action on one execution, for 1.x and 2.x."""
    types = (produces,), (consumes,)
    yield Route(method, f"executions/{{executionId}}/{path}", handler, *types, until=LAST_1X)
    yield Route(method, f"executions/{{executionId}}/actions/{path}", handler, *types, since="2.0")


ROUTES = (
    *action_routes("POST", "resume/validate", validate_resume, consumes=MULTIPART),
    *(
        route
        for method, path, name, prepare, empty_status in _CHANGES
        for route in action_routes(
            method, path, make_handler(name, prepare, empty_status), *_TYPES.get(path, (JSON, JSON))
        )
    ),
)
