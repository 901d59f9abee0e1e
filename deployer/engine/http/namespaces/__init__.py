"""Namespaces, with their files and their key-value store."""
