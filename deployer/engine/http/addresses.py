"""Addresses that a server listens on, and which of them only this machine can reach. Pure."""

from __future__ import annotations

from ipaddress import ip_address

WILDCARDS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  (shown to the user as an address to connect to)
"""Addresses that stand for all of this machine's, each with one to connect to."""


def is_address(name: str) -> bool:
    """Whether a name is a numeric address."""
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def is_loopback(name: str) -> bool:
    """Whether a name is an address that only this machine can reach."""
    return name == "localhost" or (is_address(name) and ip_address(name).is_loopback)
