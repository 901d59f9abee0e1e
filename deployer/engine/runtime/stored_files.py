"""Files of a namespace as 1.0 and 1.1 store them: in the storage only, without revisions."""

from __future__ import annotations

from typing import Any

import jpype

from deployer.engine.jvm.context import Kestra

_STORAGES = "io.kestra.core.storages."


class StoredFiles:
    """See `namespace_files.NamespaceFiles`; without revisions."""

    def __init__(self, kestra: Kestra, tenant: str, namespace: str) -> None:
        self._kestra, self._tenant, self._namespace = kestra, tenant, namespace
        self._storage = kestra.bean(_STORAGES + "StorageInterface")
        self._file = kestra.java(_STORAGES + "NamespaceFile")

    def search(self, text: str) -> list[str]:
        """Return the paths that contain a string."""
        return [name for name in self._names(directories=False) if text in name]

    def content(self, path: str, revision: int | None) -> bytes:  # noqa: ARG002  (there are none)
        """Return the content of a file."""
        return bytes(self._storage.get(self._tenant, self._namespace, self._uri(path)).readAllBytes())

    def stats(self, path: str) -> Any:
        """Return FileAttributes; the root is created if it does not exist."""
        self._make_root(path)
        return self._storage.getAttributes(self._tenant, self._namespace, self._uri(path))

    def directory(self, path: str) -> Any:
        """Return a list of FileAttributes; the root is created if it does not exist."""
        self._make_root(path)
        return self._storage.list(self._tenant, self._namespace, self._uri(path))

    def make_directory(self, path: str) -> None:
        """Create a directory and its parents."""
        self._storage.createDirectory(self._tenant, self._namespace, self._uri(path))

    def put(self, path: str, content: bytes) -> None:
        """Store a file."""
        data = self._kestra.java("java.io.ByteArrayInputStream")(jpype.JArray(jpype.JByte)(content))
        self._storage.put(self._tenant, self._namespace, self._uri(path), data)

    def move(self, origin: str, target: str) -> None:
        """Move a file, or a directory with its content."""
        self._storage.move(self._tenant, self._namespace, self._uri(origin), self._uri(target))

    def delete(self, path: str) -> None:
        """Delete a file or a directory, and the parents that are empty then."""
        there = set(self._names(directories=True))
        if path + "/" in there:
            path += "/"
        while (above := path[: path.rindex("/") + 1]) != "/":
            inside = {name for name in there if name.startswith(above) and name != above}
            if len(inside) > 1:
                break
            there -= inside
            path = above.rstrip("/")
        self._storage.delete(self._tenant, self._namespace, self._uri(path))

    def revisions(self, path: str) -> list[int]:  # noqa: ARG002
        """Return none, as only the current content is stored."""
        return []

    def contents(self) -> list[tuple[str, bytes]]:
        """Return path and content of every file, the path without its leading slash."""
        return [(name[1:], self.content(name, None)) for name in self._names(directories=False)]

    def _names(self, *, directories: bool) -> list[str]:
        found = self._storage.allByPrefix(self._tenant, self._namespace, self._uri("/"), directories)
        return [str(self._file.of(self._namespace, uri).path(True).toString()) for uri in found]

    def _make_root(self, path: str) -> None:
        root = self._uri("/")
        if path == "/" and not self._storage.exists(self._tenant, self._namespace, root):
            self._storage.createDirectory(self._tenant, self._namespace, root)

    def _uri(self, path: str) -> Any:
        if path == "/":
            return self._file.of(self._namespace).uri()
        return self._file.of(self._namespace, self._kestra.java("java.nio.file.Paths").get(path)).uri()
