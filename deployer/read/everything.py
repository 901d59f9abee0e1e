"""Stage 1: every file under the paths of a request, read once: what each declares, and the smoke suites."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from deployer.kinds import KINDS, kind_of_file
from deployer.model.desired import Declaration
from deployer.model.document import Document
from deployer.model.problem import Problem
from deployer.model.request import Request
from deployer.model.resource import FLOW, Key
from deployer.parsing.parse import decode, parse
from deployer.read.files import SourceFile, read_files

SUITE_SUFFIXES = (".smoke.yml", ".smoke.yaml")


@dataclass(slots=True)
class Files:
    """The files that were read: what they declare, the smoke suites, what is wrong with them, and whether it is all."""

    declarations: list[Declaration] = field(default_factory=list)
    suites: list[Document] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    whole: bool = True

    @property
    def documents(self) -> list[Document]:
        """What the checks look at."""
        return [each.document for each in self.declarations if each.document]

    @property
    def declared(self) -> frozenset[Key]:
        """The resources that these files declare, whatever else is wrong in them."""
        return frozenset(each.resource.key for each in self.declarations if each.resource)

    @property
    def count(self) -> int:
        """How many files were read."""
        return len(self.declarations) + len(self.suites)


def read_all(request: Request) -> Files:
    """Read every file under the paths once. Raises UsageError for a path that is not there."""
    read = Files()
    seen: set[str] = set()
    for path in request.paths:
        files, problems = read_files(path, request.checkout.root, request.ignore, is_wanted)
        read.problems += [each for each in problems if each.file not in seen]
        seen |= {each.file for each in problems if each.file}
        for file in (each for each in files if each.name not in seen):
            seen.add(file.name)
            read.whole = add(read, file) and read.whole
        read.whole = read.whole and not problems
    if request.smoke and any(path.is_file() for path in request.paths):
        read.suites += _suites_of(read.declared, request, seen)
    return read


def is_suite(name: str) -> bool:
    """Whether a file of this name is a suite of smoke tests."""
    return name.endswith(SUITE_SUFFIXES)


def is_wanted(name: str) -> bool:
    """Whether a file of this name is read."""
    return is_suite(name) or any(kind.claims(name) for kind in KINDS.values())


def add(read: Files, file: SourceFile) -> bool:
    """Add what a file declares, or its suite; return whether it could be read."""
    if is_suite(file.name):
        document, problems = _suite(file)
        read.suites += [document] if document else []
        read.problems += problems
        return document is not None
    kind = kind_of_file(file.name)
    try:
        declaration, problems = kind.read(file.name, file.content)
    except Exception as error:  # noqa: BLE001  a file that a kind cannot read may not end the run
        message = f"cannot be read as a {kind.name}: {type(error).__name__}: {error}"
        hint = "this is a bug in kestra-deployer, please report it"
        declaration, problems = None, [Problem("unreadable-file", message, file.name, hint=hint)]
    read.declarations += [declaration] if declaration else []
    read.problems += problems
    return declaration is not None


def _suite(file: SourceFile) -> tuple[Document | None, list[Problem]]:
    text, problems = decode(file.name, file.content)
    return parse(file.name, text) if text is not None else (None, problems)


def _suites_of(flows: Collection[Key], request: Request, seen: set[str]) -> Iterator[Document]:
    """Yield the suites that test these flows and are in the project, or beside a file that was named, but those seen.

    What is wrong with any other file does not concern these flows.
    """
    beside = (each for path in request.paths if path.is_file() for each in sorted(path.parent.glob("*.smoke.y*ml")))
    root = request.checkout.root
    for place in (root, *beside):
        for file in read_files(place, root, request.ignore, is_suite)[0]:
            document, _ = _suite(file) if file.name not in seen else (None, [])
            seen.add(file.name)
            if document and Key(FLOW, *(str(document.data.get(key)) for key in ("namespace", "flowId"))) in flows:
                yield document
