"""`kestra-deployer explain`: what a problem means; of a check also a bad and a good example."""

from __future__ import annotations

import click

from deployer.catalogue import CATALOGUE
from deployer.errors import UsageError
from deployer.language.words import meant


@click.command()
@click.argument("name", metavar="[NAME]", required=False)
def explain(name: str | None) -> None:
    """Explain what stands in brackets behind `error` or `warning`; without a name, list all of them."""
    if name is None:
        width = max(map(len, CATALOGUE))
        for each in CATALOGUE.values():
            click.echo(f"{each.name:{width}}  {each.line}")
    elif entry := CATALOGUE.get(name):
        level = entry.level or "off, unless `checks:` in kestra-deployer.yaml gives it a level"
        click.echo(f"{name} ({level})\n\n{entry.text}")
    else:
        hint = meant(name, CATALOGUE) or "kestra-deployer explain lists them"
        raise UsageError(f"there is no problem called `{name}`", hint=hint)
