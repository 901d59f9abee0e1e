"""Logs of executions: read, search, follow, delete."""
