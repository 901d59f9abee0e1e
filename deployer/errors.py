"""The tree of errors that end a run, each with a hint and an exit code. Expected problems are in `model`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum


class ExitCode(IntEnum):
    """The exit codes: this is the table, repeated for users in the README."""

    OK = 0
    PROBLEMS = 1  # problems found, nothing else went wrong
    USAGE = 2  # the command line or the configuration is wrong
    COULD_NOT_RUN = 3  # no server, no access, no engine
    REFUSED = 4  # another user's edit would have been lost, or was
    APPLY_INCOMPLETE = 5  # something that should have been written was not
    UNHEALTHY = 7  # deployed, but something will not run as it should
    SMOKE_FAILED = 6  # deployed, but a smoke test did not end as expected, or tests reached too little
    CHANGES = 10  # there are changes, if the user asked for this code
    DRIFT = 11  # something on the server differs from what was deployed
    BUG = 70  # ours
    INTERRUPTED = 130  # ^C


class DeployerError(Exception):
    """The run cannot continue: `str(error)` says in one sentence what happened and where, `hint` what to do."""

    exit_code = ExitCode.COULD_NOT_RUN

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class UsageError(DeployerError):
    """The command line, the environment or the configuration file is not valid."""

    exit_code = ExitCode.USAGE


class SystemRefusedError(DeployerError):
    """The operating system refuses: a full disk, a folder without permission. It is not a bug of ours."""

    def __init__(self, cause: OSError) -> None:
        files = " and ".join(str(each) for each in (cause.filename, cause.filename2) if each is not None)
        reason = cause.strerror or str(cause) or type(cause).__name__
        super().__init__(f"{files}: {reason}" if files else f"the operating system refuses: {reason}")
        self.__cause__ = cause


class UnforeseenError(DeployerError):
    """A bug of ours; `__cause__` is the exception."""

    exit_code = ExitCode.BUG

    def __init__(self, cause: Exception) -> None:
        super().__init__(f"unexpected error: {type(cause).__name__}: {cause}")
        self.__cause__ = cause


class EngineError(DeployerError):
    """The embedded Kestra engine could not be fetched or started."""


class KestraError(DeployerError):
    """A request to Kestra failed: which request, and what the server said.

    `status` is the HTTP status, None if no answer came. `url` has neither credentials nor a query. `reason` is the
    server's own message, empty if it had none. `retry_after` is the number of seconds the server asked to wait, if any.
    `unknown` says that the server may have carried out the request, and that this could not be found out. `undone` says
    that it has certainly carried out nothing, by no attempt.
    """

    unknown = False
    undone = False

    def __init__(
        self,
        message: str,
        *,
        method: str,
        url: str,
        status: int | None = None,
        reason: str = "",
        retry_after: float | None = None,
        hint: str = "",
    ) -> None:
        super().__init__(message, hint=hint)
        self.method = method
        self.url = url
        self.status = status
        self.reason = reason
        self.retry_after = retry_after


class KestraUnreachableError(KestraError):
    """No answer came, or only part of it: it is unknown whether the server carried out the request."""


class KestraAccessError(KestraError):
    """The server denies access (401, 403): it will deny every similar request as well."""


class KestraNotFoundError(KestraError):
    """The requested thing is not on the server (404)."""


class KestraRefusedError(KestraError):
    """The server understood the request and refused it (409, 422): `reason` says why."""


class KestraTooLargeError(KestraError):
    """An answer is larger than Kestra's answers are, or than is accepted: the caller may ask for less."""


class KestraUnreadableError(KestraError):
    """The server can no longer read one of its own stored flows (423)."""


@contextmanager
def begun() -> Iterator[None]:
    """Where something was carried out already: an error of what follows does not say that nothing was."""
    try:
        yield
    except KestraError as error:
        error.undone = False
        raise


ENDS_ALL = (KestraAccessError, KestraUnreachableError)
"""Errors that the next request would meet as well: there is no point in trying others."""
