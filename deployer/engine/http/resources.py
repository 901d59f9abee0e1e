"""The table of the files with endpoints; a new file is a row here."""

from __future__ import annotations

from importlib import import_module

_FILES = (
    "executions.actions",
    "executions.bulk_actions",
    "executions.delete",
    "executions.evaluate",
    "executions.files",
    "executions.flow",
    "executions.follow",
    "executions.follow_dependencies",
    "executions.labels",
    "executions.mocked",
    "executions.outputs",
    "executions.read",
    "executions.start",
    "executions.webhook",
    "flows.bulk_actions",
    "flows.exports",
    "flows.flow",
    "flows.graph",
    "flows.imports",
    "flows.search",
    "flows.validation",
    "logs.entries",
    "logs.follow",
    "namespaces.files",
    "namespaces.key_values",
    "namespaces.namespace",
    "triggers.actions",
    "triggers.backfills",
    "triggers.search",
    "triggers.switch",
    "instance.configs",
    "instance.plugins",
)

RESOURCES = tuple(import_module(f"{__package__}.{file}") for file in _FILES)
"""Every file with a table of ROUTES."""
