"""The checks: one file each, and nothing else. The module's docstring is what `explain` and docs/checks.md say."""
