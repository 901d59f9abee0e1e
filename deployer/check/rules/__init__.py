"""The checks, one file each. A module's docstring is the text that `explain` prints and docs/checks.md contains."""
