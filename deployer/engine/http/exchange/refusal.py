"""What this server refuses by itself, as Kestra's web server does before it asks the engine anything."""

from __future__ import annotations

from http import HTTPStatus


class Refusal(Exception):  # noqa: N818  (an answer like any other, not a fault of ours)
    """An answer that is an error: status, Kestra's words for it, and single errors as (message, path).

    `reason` stands before the message (`Invalid entity: …`); without one it is the status's own name. An empty message
    leaves the reason alone.
    """

    def __init__(
        self, status: int, message: str = "", *, reason: str | None = None, errors: tuple[tuple[str, str], ...] = ()
    ) -> None:
        self.status = status
        self.reason = HTTPStatus(status).phrase if reason is None else reason
        self.message = f"{self.reason}: {message}" if message else self.reason
        self.errors = errors
        super().__init__(self.message)


def not_found(message: str = "") -> Refusal:
    """Return the 404 that Kestra answers for what is not there."""
    return Refusal(404, message)


def invalid(path: str, message: str) -> Refusal:
    """Return the 422 of a value that breaks a constraint, `path` being Kestra's method and parameter."""
    return Refusal(422, f"{path}: {message}", reason="Invalid entity", errors=((message, path),))


def system_label(key: str, value: str) -> Refusal:
    """Return the 422 of a label that only Kestra itself may set."""
    message = f"System labels can only be set by Kestra itself, offending label: {key}={value}"
    return Refusal(422, message, reason="Illegal argument")


def not_converted(name: str, value: str, cause: str) -> Refusal:
    """Return the 422 of a parameter that is not of its type; Kestra calls it an internal error, so this does too."""
    message = f"Failed to convert argument [{name}] for value [{value}] due to: {cause}"
    return Refusal(422, message, reason="Internal server error")
