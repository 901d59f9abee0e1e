"""The command line's project and server, for runs that are broken off."""

from cli.conftest import api, deployer, project, server

__all__ = ["api", "deployer", "project", "server"]
