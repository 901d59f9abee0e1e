"""Flows: one, many, searched, validated, imported and exported; their graphs."""
