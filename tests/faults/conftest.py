"""The command line's project and server, for runs that are broken off."""

from __future__ import annotations

from cli.conftest import api, deployer, project, server

__all__ = ["api", "deployer", "project", "server"]
