"""How every `--help` ends: two examples to copy, then the exit codes."""

from __future__ import annotations


def epilog(first: str, second: str, codes: str = "") -> str:
    """Return the end of a command's help: examples without the program's name, then what its exit codes mean."""
    examples = f"\b\nExamples:\n  kestra-deployer {first}\n  kestra-deployer {second}"
    return f"{examples}\n\nExit codes: {codes}" if codes else examples
