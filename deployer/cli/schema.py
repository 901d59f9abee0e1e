"""`kestra-deployer schema`: describe plugin types for `check`, and export a JSON Schema for editors."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from deployer.cli.epilog import epilog
from deployer.cli.options import CONFIG, Configured, configure, connection, say_left_out
from deployer.cli.plugin_types import file_of, plugin_types
from deployer.cli.rules import rules_of
from deployer.cli.streams import note
from deployer.configuration import NAME
from deployer.errors import UsageError
from deployer.kestra.schemas import PUBLIC
from deployer.language import pulled
from deployer.language.from_schema import from_schema
from deployer.language.pulled import Pulled
from deployer.language.to_schema import to_schema
from deployer.language.types import types_of
from deployer.model.version import DEFAULT, NAMES, named, nearest
from deployer.report.harmless import one_line
from deployer.settings import Settings, plain


@click.group(
    epilog=epilog("schema pull --plugins io.kestra.plugin:plugin-fs:0.17.0", "schema export --out .kestra-schema.json")
)
def schema() -> None:
    """Add plugin types to `check`, and export a JSON Schema for editors."""


@schema.command(
    short_help="Describe plugin types in a file for `check`.",
    epilog=epilog("schema pull --missing", "schema pull --plugins io.kestra.plugin:plugin-fs:0.17.0"),
)
@click.option("--out", type=click.Path(path_type=Path), help=f"[default: {pulled.NAME} in the project's root]")
@click.option(
    "--public",
    is_flag=False,
    flag_value=PUBLIC,
    metavar="[URL]",
    help="Ask api.kestra.io, or URL, instead of the server.",
)
@click.option("--missing", is_flag=True, help="Describe the plugins whose types the flows use, in versions that fit.")
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=click.Path(path_type=Path))
@connection
def pull(
    paths: tuple[Path, ...],
    *,
    out: Path | None,
    public: str | None,
    missing: bool,
    embedded: bool,
    plugins: tuple[str, ...],
    **connected: Any,
) -> None:
    """Describe plugin types in a file, so that `check` validates them as strictly as Kestra's core types.

    With --plugins or --embedded, the descriptions come from the plugins' own jars: those given with --plugins and those
    listed under `engine.plugins` in the configuration file. Otherwise they come from the JSON Schema of the configured
    server or, with --public, of api.kestra.io; a schema is less detailed. Types for other versions of Kestra that are
    already in the file stay there. You can commit the file. A plugin that does not fit this version of Kestra is named
    and left out.

    With --missing, the flows under each PATH (default: flows) say which plugins are not described yet. Their jars come
    from Maven Central, each in the newest version that the engine can load.
    """
    if paths and not missing:
        raise UsageError("PATH is for --missing only", hint="add --missing, or leave out PATH")
    if missing and (public or plugins):
        raise UsageError("--missing finds the plugins by itself", hint="leave out --plugins and --public")
    asked = configure(embedded=embedded or missing or bool(plugins), plugins=plugins, **connected)
    file = out or file_of(asked.settings, asked.root)
    before = pulled.read(file)
    if missing:
        version, found = _missing(asked, paths or (Path("flows"),), before)
    else:
        version, found = _from_jars(asked) if asked.embedded else _from_schema(asked, public)
    if not found.plugins:
        raise UsageError(f"there are no plugins besides Kestra's own in {found.origin}", hint="nothing was written")
    pulled.write(file, {**before, version: found})
    click.echo(one_line(f"{file}: {len(found.plugins)} types for Kestra {version}, from {found.origin}"))


def _missing(asked: Configured, paths: Sequence[Path], before: Mapping[str, Pulled]) -> tuple[str, Pulled]:
    from deployer.cli.missing import describe_missing  # noqa: PLC0415  needs the extra [engine]

    version = rules_of(asked).version
    return version, describe_missing(asked, paths, version, before.get(version))


def _from_schema(asked: Configured, public: str | None) -> tuple[str, Pulled]:
    if public:
        from deployer.kestra.client import KestraClient  # noqa: PLC0415  most of this command needs no server

        with KestraClient(_stranger(asked.settings, public)) as client:
            version, schema = asked.settings.kestra or DEFAULT.name, client.flow_schema(public)
    else:
        with asked.client() as client:
            version, schema = asked.settings.kestra or nearest(client.server().version).name, client.flow_schema("")
    origin = f"the schema of {plain(public or asked.settings.host)}"  # it is written to a file that may be committed
    try:
        return version, from_schema(types_of(version), schema, origin)
    except ValueError:
        raise UsageError(
            f"{origin} is not a schema of Kestra flows", hint="it contains none of Kestra's core types"
        ) from None


def _stranger(settings: Settings, url: str) -> Settings:
    """Return settings for an address that must not receive the configured server's secrets."""
    return replace(
        settings, host=url, username="", password="", api_token="", headers={}, client_cert=None, client_key=None
    )  # fmt: skip


def _from_jars(asked: Configured) -> tuple[str, Pulled]:
    if not asked.settings.plugins:
        raise UsageError("no plugins are given", hint=f"use --plugins, or list them under `engine.plugins` in {NAME}")
    from deployer.cli.embedded import described  # noqa: PLC0415  needs the extra [engine]

    version = named(rules_of(asked).version)
    found = described(version, plugins=asked.settings.plugins)
    say_left_out(found.left_out)
    return version.name, pulled.beyond(types_of(version.name), found.types, f"the jars of {', '.join(found.plugins)}")


@schema.command(
    short_help="Write a JSON Schema of flows for editors.",
    epilog=epilog("schema export --out .kestra-schema.json", "schema export --kestra 2.0"),
)
@click.option("--out", type=click.Path(path_type=Path), help="[default: stdout]")
@click.option("--kestra", type=click.Choice(NAMES), help="Kestra version of the schema.  [default: as for check]")
@CONFIG
def export(*, out: Path | None, kestra: str | None, config: Path | None) -> None:
    """Write a JSON Schema of flows for editors: Kestra's core types, and plugin types added with `schema pull`."""
    asked = configure(config=config, embedded=False, plugins=(), kestra=kestra)
    rules = rules_of(asked)
    version = rules.version
    found, notices = plugin_types(asked.settings, asked.root, version)
    for each in (*rules.notes, *notices):
        note(f"{each.message} ({each.hint})")
    types = types_of(version)
    text = json.dumps(to_schema(pulled.widen(types, found) if found else types), separators=(",", ":"))
    if out is None:
        click.echo(text)
        return
    try:
        out.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{out} cannot be written: {error.strerror}", hint="choose another file with --out") from None
