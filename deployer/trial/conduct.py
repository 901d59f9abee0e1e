"""Conducts a trial: one promise after the other, and always the clean-up."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from deployer.errors import DeployerError, KestraUnreachableError, UsageError
from deployer.interrupt import finish
from deployer.model.result import Server
from deployer.model.trial import Judged, Trial, Verdict
from deployer.trial.cleaning import clean_up
from deployer.trial.ground import Ground, NotJudgedError, ends
from deployer.trial.promises import READS, WRITES, Judge, Promise

Listen = Callable[[Server | Judged], None]
"""Receives the server before anything is judged, and each promise when it is judged."""

_CLEAN = "everything that the trial created is deleted"


def conduct(ground: Ground, listen: Listen, *, read_only: bool = False) -> Trial:
    """Return the result of every promise, and what ended the trial early, if anything. Always cleans up."""
    began = time.monotonic()
    conducting = _Conducting(ground, listen)
    trial = Trial(ground.project.namespace, read_only)
    try:
        conducting.prepare(read_only=read_only)
        conducting.judge(READS)
        if not read_only:
            conducting.judge(WRITES)
    except KeyboardInterrupt:
        trial = replace(trial, interrupted=True)
    except DeployerError as error:
        trial = replace(trial, error=error)
    finally:
        left, again = conducting.clean() if ground.wrote else ([], False)
    return replace(
        trial,
        server=conducting.server,
        promises=tuple(conducting.judged),
        left=tuple(left),
        interrupted=trial.interrupted or again,
        seconds=time.monotonic() - began,
    )


class _Conducting:
    """The promises that were judged so far."""

    def __init__(self, ground: Ground, listen: Listen) -> None:
        self.server: Server | None = None
        self.judged: list[Judged] = []
        self._ground = ground
        self._listen = listen
        self._ended: set[Judge] = set()
        self._unanswered = False

    def prepare(self, *, read_only: bool) -> None:
        """Identify the server. Raises UsageError if the namespace is in use, KestraError if there is no answer."""
        client, namespace = self._ground.client, self._ground.project.namespace
        self.server = Server(client.url, client.server().version, client.tenant)
        self._listen(self.server)
        if not read_only and (flows := client.list_flows_by_namespace(namespace)):
            message = f"the namespace {namespace} has flows ({len(flows)}), but a trial needs an unused one"
            raise UsageError(message, hint="choose another with --namespace, or omit the option")
        self._ground.project.write()

    def judge(self, promises: tuple[Promise, ...]) -> None:
        """Judge one promise after the other. Raises the errors that any other request would meet as well."""
        for promise in promises:
            self._tell(self._one(promise))

    def clean(self) -> tuple[list[str], bool]:
        """Clean up to the end, even if ^C is pressed again; return what is left, and whether it was pressed."""
        began, mark = time.monotonic(), self._ground.traffic.count
        left, interrupted = finish(lambda: clean_up(self._ground), lambda: None)
        verdict = Verdict.BROKEN if left else Verdict.KEPT
        judged = Judged("clean up", _CLEAN, verdict, tuple(left))
        self._tell(self._measure(judged, began, mark))
        return left, interrupted

    def _one(self, promise: Promise) -> Judged:
        began, mark = time.monotonic(), self._ground.traffic.count
        found: list[str] = []
        verdict, hint = Verdict.KEPT, ""
        if promise.after and promise.after not in self._ended:
            why = ("an earlier step that it needs failed",)
            return Judged(promise.step, promise.sentence, Verdict.NOT_JUDGED, why)
        try:
            for difference in promise.judge(self._ground):
                found.append(difference)
                verdict = Verdict.BROKEN
            self._ended.add(promise.judge)
            self._unanswered = False
        except NotJudgedError as why:
            verdict, found = (Verdict.BROKEN, found) if found else (Verdict.NOT_JUDGED, [str(why)])
        except DeployerError as error:
            if ends(error) and (self._unanswered or not isinstance(error, KestraUnreachableError)):
                raise
            self._unanswered = isinstance(error, KestraUnreachableError)  # one request may be too much for a gateway
            verdict, hint = Verdict.BROKEN, error.hint
            found.append(str(error))
        return self._measure(Judged(promise.step, promise.sentence, verdict, tuple(found), hint), began, mark)

    def _measure(self, judged: Judged, began: float, mark: int) -> Judged:
        return replace(judged, requests=self._ground.traffic.count - mark, seconds=time.monotonic() - began)

    def _tell(self, judged: Judged) -> None:
        self.judged.append(judged)
        self._listen(judged)
