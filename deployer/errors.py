"""The tree of errors that end a run, each with a hint and an exit code. What a run expects to find is in `model`."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """How the process ends: the one table, repeated for users in the README."""

    OK = 0
    PROBLEMS = 1  # problems found, nothing else went wrong
    USAGE = 2  # the command line or the configuration is wrong
    COULD_NOT_RUN = 3  # no server, no access, no engine
    REFUSED = 4  # somebody else's text would have been lost, or was
    APPLY_INCOMPLETE = 5  # something that should have been written was not
    SMOKE_FAILED = 6  # deployed, but a smoke test did not end as expected
    CHANGES = 10  # there is something to do, where the user wants to know
    DRIFT = 11  # something on the server is not what was deployed
    BUG = 70  # ours
    INTERRUPTED = 130  # ^C


class DeployerError(Exception):
    """The run cannot go on: one sentence of what happened and where (`str(error)`), and in `hint` what to do."""

    exit_code = ExitCode.COULD_NOT_RUN

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class UsageError(DeployerError):
    """The command line, the environment or the configuration file asks for something that makes no sense."""

    exit_code = ExitCode.USAGE


class SystemRefusedError(DeployerError):
    """The system refuses: a full disk, a folder without rights. It is none of our faults."""

    def __init__(self, cause: OSError) -> None:
        files = " and ".join(str(each) for each in (cause.filename, cause.filename2) if each is not None)
        reason = cause.strerror or str(cause) or type(cause).__name__
        super().__init__(f"{files}: {reason}" if files else f"the system refuses: {reason}")
        self.__cause__ = cause


class UnforeseenError(DeployerError):
    """A fault of ours, which `__cause__` is."""

    exit_code = ExitCode.BUG

    def __init__(self, cause: Exception) -> None:
        super().__init__(f"kestra-deployer failed in a way it should not: {type(cause).__name__}: {cause}")
        self.__cause__ = cause


class EngineError(DeployerError):
    """The embedded Kestra engine could not be fetched or started."""


class KestraError(DeployerError):
    """A request to Kestra failed: what was asked, and what the server said.

    `status` is the HTTP status, None where no answer came. `url` holds neither credentials nor a query. `reason` is the
    server's own words, empty where it had none. `retry_after` is how many seconds the server asked to wait, if it did.
    `unknown` says that the server may have done what was asked, and that this could not be found out.
    """

    unknown = False

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
    """No answer came, or not the whole of it: whether the server did what was asked is not known."""


class KestraAccessError(KestraError):
    """The server does not let us (401, 403): what it refuses once it refuses to every request like it."""


class KestraNotFoundError(KestraError):
    """What was asked for is not on the server (404)."""


class KestraRefusedError(KestraError):
    """The server understood and refused (409, 422): `reason` says why."""


class KestraTooLargeError(KestraError):
    """An answer holds more than answers of Kestra's do, or more than is taken: less may be asked for."""


class KestraUnreadableError(KestraError):
    """The server cannot read one of its own stored flows any more (423)."""


ENDS_ALL = (KestraAccessError, KestraUnreachableError)
"""What one request met and the next would meet as well: trying others is of no use."""
