"""`kestra-deployer explain`: what a check is for, with a bad and a good example."""

from __future__ import annotations

import click

from deployer.check import CHECKS
from deployer.errors import UsageError
from deployer.language.words import meant


@click.command()
@click.argument("name", metavar="CHECK", required=False)
def explain(name: str | None) -> None:
    """Say what CHECK is for, with a bad and a good example; without one, list all checks."""
    documented = {check.name: check.doc or "" for check in CHECKS}
    if name is None:
        width = max(map(len, documented))
        for each, text in documented.items():
            click.echo(f"{each:{width}}  {text.splitlines()[0]}")
    elif name in documented:
        click.echo(f"{name}\n\n{documented[name].strip()}")
    else:
        raise UsageError(
            f"there is no check `{name}`", hint=meant(name, documented) or "kestra-deployer explain lists them"
        )
