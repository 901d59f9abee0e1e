"""`test --record` and `test --suggest`: a suite is shown, and written where a person or an option says so."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Mapping
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

from deployer.check.base import FlowFile
from deployer.cli.adding import adding
from deployer.cli.asking import person_is_there
from deployer.cli.deploying import ask
from deployer.cli.options import SERVER, TRUST, Configured, configure, parse_plugins
from deployer.cli.selecting import selected
from deployer.cli.streams import labelled, note, out, redact
from deployer.errors import ExitCode, KestraNotFoundError, UsageError
from deployer.kestra.client import KestraClient
from deployer.language.types import types_of
from deployer.language.words import did_you_mean
from deployer.model.document import Document
from deployer.model.plugin import Coordinate, Plugin, artifact, merged
from deployer.model.request import Command
from deployer.model.resource import FLOW, NAMES, Key
from deployer.model.version import DEFAULT, nearest
from deployer.parsing.parse import parse
from deployer.read.everything import read_all
from deployer.report.harmless import one_line
from deployer.testing.draft import Draft
from deployer.testing.needs import Need, needs
from deployer.testing.observe import observe
from deployer.testing.record import Subject, record, refuse
from deployer.testing.suggest import suggest
from deployer.testing.write import free_file, name_of, text, write

_Command = TypeVar("_Command", bound=Callable[..., Any])
_OWN = (
    click.option(
        "--record", metavar="EXECUTION", help="Show the suite that would have proved an execution of a server."
    ),
    click.option("--suggest", metavar="NAMESPACE/FLOW", help="Show a first suite of a flow, made of what it declares."),
    click.option(
        "--write", "to_file", is_flag=True, help="Write that suite beside the flow's file, without a question."
    ),
)
_WAY = ("host", "tenant", "username", "timeout", "trust")
"""What the options of `--record` alone are called."""


def recording(command: _Command) -> Callable[..., Any]:
    """Add these options to a command, which is not run where a suite is to be made; of its own it takes these four."""

    @wraps(command)
    def recorded(path: Path, *, record: str | None, suggest: str | None, to_file: bool, **more: Any) -> Any:
        way = {name: more.pop(name) for name in _WAY}
        if record and suggest:
            raise UsageError("--record and --suggest each make a suite", hint="give one of them")
        if not record and any(way.values()):
            given = next(name for name, value in way.items() if value)
            raise UsageError(f"--{given} is for --record: no other test talks to a server", hint=f"leave out --{given}")
        if record or suggest:
            _refuse_with("--record" if record else "--suggest", more)
            asked = {name: more[name] for name in ("config", "kestra", "plugins")}
            return _make(path, record, suggest, to_file=to_file, **way, **asked)
        if to_file:
            raise UsageError("--write is for --record and --suggest", hint="give one of them, or leave out --write")
        return command(path, **more)

    return adding(*_OWN, *SERVER, TRUST)(recorded)


def _refuse_with(way: str, options: Mapping[str, Any]) -> None:
    """Raise UsageError where an option was given that is for running tests."""
    others = {
        "--logs": options["selection"]["whole_logs"],
        "--coverage": options["coverage"],
        "--min-coverage": options["min_coverage"] is not None,
        "--report": options["reports"],
        "--format": options["format_"],
    }
    if given := selected(options["selection"]) or next((name for name, value in others.items() if value), ""):
        raise UsageError(f"{given} is for running tests, and {way} makes one", hint=f"leave out {given}")


def _make(path: Path, execution: str | None, flow: str | None, *, to_file: bool, **options: Any) -> int:
    plugins = parse_plugins(options.pop("plugins"))
    asked = configure(embedded=False, plugins=(), server=bool(execution), **options)
    flows = _Flows(path, asked, merged(asked.settings.plugins, plugins))
    if execution:
        with asked.client() as client:
            version = asked.settings.kestra or nearest(client.server().version).name
            draft = _record(client, execution, flows, version)
    else:
        version = asked.settings.kestra or DEFAULT.name
        draft = flows.suggested(flow or "", version)
    _show(draft, flows.file(draft.flow), path, version=version if version != _default(asked) else "", to_file=to_file)
    return ExitCode.OK


def _default(asked: Configured) -> str:
    """Return the version that tests run on unasked."""
    return asked.kestra or DEFAULT.name


def _record(client: KestraClient, name: str, flows: _Flows, version: str) -> Draft:
    try:
        execution = client.execution(name)
    except KestraNotFoundError as error:
        message = f"the server has no execution {name} in the tenant {client.tenant}: {error}"
        raise UsageError(message, hint="check the id, --host and --tenant") from error
    refuse(execution)
    key = Key(FLOW, execution.namespace, execution.flow_id)
    found = flows.needs(key, version)
    observed = observe(client, execution, found)
    subject = Subject(flow=flows.flow(key, version), needs=found, callees=flows.all(version))
    return record(subject, observed, lambda value: redact(value) != value)


class _Flows:
    """The flows of the files under a path, as a version of Kestra reads them."""

    def __init__(self, path: Path, asked: Configured, plugins: tuple[Plugin, ...]) -> None:
        request = ask(asked, [path], Command.TEST, project=None)
        self._path, self._settings = path, asked.settings
        self._documents: Mapping[Key, Document] = {
            each.resource.key: each.document
            for each in read_all(request).declarations
            if each.resource and each.document and each.resource.key.kind == FLOW
        }
        self._plugins = {f"{each.group}:{each.artifact}" for each in plugins if isinstance(each, Coordinate)}

    def file(self, key: Key) -> Path:
        """Return the file of a flow."""
        return Path(self._document(key).file)

    def flow(self, key: Key, version: str) -> FlowFile:
        """Return a flow. Raises UsageError where no file declares it, or it cannot be read."""
        flow = FlowFile(self._document(key), types_of(version))
        sound = NAMES["id"][0].fullmatch(key.name)  # it becomes the name of a file
        if flow.read.flow is None or not sound:
            message = f"{key.path} cannot be read as a flow of Kestra {version}"
            raise UsageError(message, hint=f"kestra-deployer check {self.file(key)} --kestra {version}")
        return flow

    def all(self, version: str) -> Mapping[str, FlowFile]:
        """Return every flow, by its path."""
        return {key.path: FlowFile(document, types_of(version)) for key, document in self._documents.items()}

    def needs(self, key: Key, version: str) -> Mapping[str, Need]:
        """Return what a test of a flow has to mock."""
        declared = {each.path for each in self._documents}
        return needs(self.flow(key, version), declared, lambda name: artifact(name) in self._plugins - {""})

    def suggested(self, name: str, version: str) -> Draft:
        """Return a first test of the flow with a name."""
        namespace, _, flow = name.rpartition("/")
        key = Key(FLOW, namespace, flow)
        given = {("kv", each) for each in self._settings.test_key_values.get(namespace, ())}
        given |= {("secret", each) for each in self._settings.test_secrets}
        return suggest(self.flow(key, version), key, self.needs(key, version), given)

    def _document(self, key: Key) -> Document:
        if key in self._documents:
            return self._documents[key]
        names = sorted(each.path for each in self._documents)
        hint = did_you_mean(key.path, names) or (f"there is {names[0]}" if names else "it has no flows")
        raise UsageError(f"no file under {self._path} declares the flow {key.path}", hint=hint)


def _show(draft: Draft, flow: Path, path: Path, *, version: str, to_file: bool) -> None:
    """Show a suite, and write it if that is wanted."""
    file = free_file(flow.parent, draft.flow.name)
    content = redact(text(draft, name_of(file)))
    _, unreadable = parse(str(file), content)
    if unreadable:
        message = f"the suite of {draft.flow.path} could not be read again: {unreadable[0].message}"
        raise UsageError(message, hint="an input or output has characters or numbers that YAML does not have")
    out(content, redacted=True)
    for each in draft.notes:
        labelled("note", "cyan", one_line(each))
    shown = one_line(os.path.relpath(file))
    if not to_file and not _confirmed(shown):
        note(f"not written: it would be {shown}; add --write")
        return
    write(file, content)
    on = f" --kestra {version}" if version else ""
    note(one_line(f"written: {os.path.relpath(file)}; run it with"))
    command = shlex.join(["kestra-deployer", "test", str(path), "-k", f"{draft.flow.path}: {name_of(file)}/"])
    note(one_line(f"  {command}{on}"))


def _confirmed(file: str) -> bool:
    """Ask the person at the terminal, if there is one."""
    if not person_is_there():
        return False
    try:
        return click.confirm(f"Write {file}?", default=False, err=True)
    except click.Abort:
        raise KeyboardInterrupt from None
