"""`kestra-deployer explain`: what a problem means; for a check also a bad and a good example."""

from __future__ import annotations

import click

from deployer.catalogue import CATALOGUE
from deployer.cli.epilog import epilog
from deployer.errors import UsageError
from deployer.language.words import did_you_mean


@click.command(epilog=epilog("explain unknown-property", "explain"))
@click.argument("name", metavar="[NAME]", required=False)
def explain(name: str | None) -> None:
    """Explain a problem by its name, which follows `error` or `warning` in brackets. Without a name, list them all."""
    if name is None:
        width = max(map(len, CATALOGUE))
        for each in CATALOGUE.values():
            click.echo(f"{each.name:{width}}  {each.line}")
    elif entry := CATALOGUE.get(name):
        level = entry.level or "off, unless `checks:` in kestra-deployer.yaml sets a level"
        click.echo(f"{name} ({level})\n\n{entry.text}")
    else:
        hint = did_you_mean(name, CATALOGUE) or "kestra-deployer explain lists all names"
        raise UsageError(f"there is no problem named `{name}`", hint=hint)
