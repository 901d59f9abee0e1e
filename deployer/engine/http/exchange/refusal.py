"""Refusals by this server itself, as Kestra's web server refuses requests before they reach the engine."""

from __future__ import annotations

from http import HTTPStatus


class Refusal(Exception):  # noqa: N818  (a regular answer, not a fault of ours)
    """An answer that is an error: status, Kestra's message, and single errors as (message, path).

    `reason` precedes the message (`Invalid entity: …`); by default it is the name of the status. Without a message, the
    reason is the message.
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
    """Return the 404 that Kestra answers for something that does not exist."""
    return Refusal(404, message)


def invalid(path: str, message: str) -> Refusal:
    """Return the 422 for a value that violates a constraint; `path` is Kestra's method and parameter."""
    return Refusal(422, f"{path}: {message}", reason="Invalid entity", errors=((message, path),))


def system_label(key: str, value: str) -> Refusal:
    """Return the 422 for a label that only Kestra itself may set."""
    message = f"System labels can only be set by Kestra itself, offending label: {key}={value}"
    return Refusal(422, message, reason="Illegal argument")


def not_converted(name: str, value: str, cause: str) -> Refusal:
    """Return the 422 for a parameter of the wrong type, which Kestra calls an internal error."""
    message = f"Failed to convert argument [{name}] for value [{value}] due to: {cause}"
    return Refusal(422, message, reason="Internal server error")
