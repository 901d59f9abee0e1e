"""Executions: start, read, follow, change and delete them, one or many; their inputs, outputs and files."""
