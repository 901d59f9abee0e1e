"""Addresses that a server listens on: which of them only this machine reaches. Pure."""

from __future__ import annotations

from ipaddress import ip_address

WILDCARDS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  (told to the user as an address that can be asked)
"""All addresses of this machine, each with one that reaches them."""


def is_address(name: str) -> bool:
    """Whether a name is an address in numbers."""
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def is_loopback(name: str) -> bool:
    """Whether only this machine reaches what is called so."""
    return name == "localhost" or (is_address(name) and ip_address(name).is_loopback)
