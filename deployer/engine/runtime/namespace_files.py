"""Files of a namespace as the engine stores them since 1.2: with revisions, and with a table of their metadata."""

from __future__ import annotations

from typing import Any

import jpype

from deployer.engine.jvm.context import Kestra

_STORAGES = "io.kestra.core.storages."
_REPOSITORY = "io.kestra.core.repositories.NamespaceFileMetadataRepositoryInterface"


class NamespaceFiles:
    """The files of one namespace; paths begin with a slash. For a missing file the engine throws an exception."""

    def __init__(self, kestra: Kestra, tenant: str, namespace: str) -> None:
        self._kestra, self._tenant, self._namespace = kestra, tenant, namespace
        storage = kestra.bean(_STORAGES + "StorageInterface")
        self._files = kestra.bean(_STORAGES + "NamespaceFactory").of(tenant, namespace, storage)

    def search(self, text: str) -> list[str]:
        """Return the paths that contain a string."""
        return [str(file.filePath().toString()) for file in self._files.all(text)]

    def content(self, path: str, revision: int | None) -> bytes:
        """Return the content of a file, now or in a revision."""
        number = None if revision is None else self._kestra.java("java.lang.Integer").valueOf(revision)
        wanted = jpype.JObject(number, self._kestra.java("java.lang.Integer"))
        return bytes(self._files.getFileContent(self._path(path), wanted).readAllBytes())

    def stats(self, path: str) -> Any:
        """Return FileAttributes; the root is created if it does not exist."""
        self._make_root(path)
        return self._files.getFileMetadata(self._path(path))

    def directory(self, path: str) -> Any:
        """Return a list of FileAttributes; the root is created if it does not exist."""
        self._make_root(path)
        if not self._files.exists(self._path(path)):
            raise self._kestra.java("java.io.FileNotFoundException")(f"Directory not found: {path}")
        listed, kind = (
            self._kestra.java("java.util.ArrayList")(),
            self._kestra.java(_STORAGES + "NamespaceFileAttributes"),
        )
        for each in self._files.children(path, False):
            listed.add(kind(each))
        return listed

    def make_directory(self, path: str) -> None:
        """Create a directory and its parents."""
        self._files.createDirectory(self._path(path))

    def put(self, path: str, content: bytes) -> None:
        """Store a file, as a new revision if it exists."""
        data = jpype.JArray(jpype.JByte)(content)
        self._files.putFile(self._path(path), self._kestra.java("java.io.ByteArrayInputStream")(data))

    def move(self, origin: str, target: str) -> None:
        """Move a file, or a directory with its content."""
        self._files.move(self._path(origin), self._path(target))

    def delete(self, path: str) -> None:
        """Delete a file or a directory, and the parents that are empty then."""
        above = self._above(path)
        while above not in (None, "/") and len(self._with(False, parentPath=above)) == 1:
            path, above = str(above), self._above(str(above))
        self._files.delete(self._path(path))

    def revisions(self, path: str) -> list[int]:
        """Return the numbers of a file's revisions."""
        found = self._with(True, namespace=self._namespace, path=path)
        if all(each.isDeleted() for each in found if each.isLast()):
            raise self._kestra.java("java.io.FileNotFoundException")(f"File not found: {path}")
        return [int(each.getRevision() if hasattr(each, "getRevision") else each.getVersion()) for each in found]

    def contents(self) -> list[tuple[str, bytes]]:
        """Return path and content of every file, the path without its leading slash."""
        paths = [str(each.getPath()) for each in self._files.children("/", True) if not each.isDirectory()]
        return [(path[1:], self.content(path, None)) for path in paths]

    def _with(self, everything: bool, **fields: Any) -> list[Any]:
        """Return the entries of the table with these fields, including old and deleted ones if `everything`."""
        wanted, models = self._kestra.java("java.util.ArrayList")(), "io.kestra.core.models."
        equal = self._kestra.java(models + "QueryFilter$Op").EQUALS
        for name, value in fields.items():
            field = self._kestra.java(models + "QueryFilter$Field").fromString(name)
            wanted.add(
                self._kestra.java(models + "QueryFilter").builder().field(field).operation(equal).value(value).build()
            )
        versions = self._kestra.java(models + "FetchVersion")
        unpaged = self._kestra.java("io.micronaut.data.model.Pageable").UNPAGED
        selection = (everything, versions.ALL if everything else versions.LATEST)
        return list(self._kestra.bean(_REPOSITORY).find(unpaged, self._tenant, wanted, *selection))

    def _make_root(self, path: str) -> None:
        if path == "/" and not self._files.exists(self._path("/")):
            self._files.createDirectory(self._path("/"))

    def _above(self, path: str) -> str | None:
        kind = self._kestra.java("io.kestra.core.models.namespaces.files.NamespaceFileMetadata")
        above = kind.parentPath(path)
        return None if above is None else str(above)

    def _path(self, path: str) -> Any:
        return self._kestra.java("java.nio.file.Paths").get(path)
