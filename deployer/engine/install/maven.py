"""Maven Central, as jgo knows it, over a few connections that stay open.

jgo itself opens two connections for each file, one for the file and one for its SHA-1, and reads all certificates for
each: 31 s for the 225 jars of 1.3.31, 17 of them of the processor, beside 0.9 s over connections that are kept
(measured one after the other, eight files at once). What a jar holds is compared with the SHA-256 of its lock anyway.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import requests
from jgo.maven import Artifact, MavenContext, PythonResolver
from requests.adapters import HTTPAdapter
from urllib3 import Retry

from deployer.engine.install.lock import Jar

_TIMEOUT = 30  # seconds without a byte
_BUSY = (429, 503)  # answers after which the same request is sent again, when the server says or soon
_PIECE = 1 << 16  # bytes


@contextmanager
def maven_central(at_once: int) -> Iterator[Callable[[Jar, Path], Path]]:
    """Give what fetches a jar into an empty folder and returns where it lies, in as many threads at once.

    Proxies and certificates are those of the environment. It raises RuntimeError where there is no such jar, OSError
    where it could not be had.
    """
    logging.getLogger("jgo").addHandler(logging.NullHandler())  # its warnings are our errors, said once
    with requests.Session() as session:
        retry = Retry(connect=0, read=0, status=3, status_forcelist=_BUSY, backoff_factor=0.2, raise_on_status=False)
        for scheme in ("https://", "http://"):
            session.mount(scheme, HTTPAdapter(pool_maxsize=at_once, max_retries=retry))
        resolver = _Kept(session)

        def download(jar: Jar, folder: Path) -> Path:
            context = MavenContext(resolver=resolver, repo_cache=folder, timeout=_TIMEOUT)
            component = context.project(jar.group, jar.artifact).at_version(jar.version)
            return Path(component.artifact(classifier=jar.classifier).resolve())

        yield download


class _Kept(PythonResolver):
    """jgo's way to an artifact, but for the connections: those of a session."""

    def __init__(self, session: requests.Session) -> None:
        super().__init__()
        self._session = session

    def download(self, artifact: Artifact) -> Path:
        """Fetch a file to its place in the context's folder, from the first repository that has it."""
        for repository in artifact.context.remote_repos.values():
            url = f"{repository}/{artifact.component.path_prefix.as_posix()}/{artifact.filename}"
            with self._session.get(url, stream=True, timeout=artifact.context.timeout) as answer:
                if answer.status_code == requests.codes.not_found:
                    continue
                answer.raise_for_status()
                file = artifact.cached_path
                if file is None:
                    raise ValueError("the context has no folder to fetch to")
                file.parent.mkdir(parents=True, exist_ok=True)
                with file.open("wb") as opened:
                    for piece in answer.iter_content(_PIECE):
                        opened.write(piece)
                return file
        raise RuntimeError(f"no repository has {artifact}")
