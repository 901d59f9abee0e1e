"""The name of a repository's remote: read from git's own files, so that no git program is needed.

Different addresses of one repository give the same name, and no secret in an address becomes part of it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from configparser import Error
from pathlib import Path
from typing import TYPE_CHECKING

from deployer.errors import UsageError
from deployer.read.git import directories, root

if TYPE_CHECKING:
    from git import GitConfigParser

_SCP = re.compile(r"^((?:[^/@]+@)?[^/:]{2,}):(?!\d+/|//)")
"""The short form of an address, `git@github.com:acme/flows`; not a drive letter."""
_HOSTS = {
    "ssh.github.com": "github.com",
    "altssh.gitlab.com": "gitlab.com",
    "altssh.bitbucket.org": "bitbucket.org",
}
"""Hosts that replace others on networks where only port 443 is open."""


def name(folder: Path, environ: Mapping[str, str] = os.environ) -> str | None:
    """Return the name of the remote of the repository around `folder`, in lowercase: `github.com/acme/flows`.

    It is the remote `origin`, or the only one; None outside a repository and without such a remote. Raises UsageError
    if git's configuration cannot be read.
    """
    place = _common(folder, environ)
    if place is None:
        return None
    config = _config(place / "config", environ)
    remotes = {section.partition('"')[2].rstrip('"'): section for section in config if section.startswith("remote ")}
    chosen = remotes.get("origin") or (next(iter(remotes.values())) if len(remotes) == 1 else None)
    url = config[chosen].get("url", [""])[0] if chosen else ""
    return canonical(_rewrite(url, config)) or None


def canonical(url: str) -> str:
    """Return an address without scheme, user, port, query and `.git`, in lowercase; empty for an empty one."""
    place = url.partition("://")[2] if "://" in url else _SCP.sub(r"\1/", url)
    place = re.split(r"[?#]", place, maxsplit=1)[0]
    host, slash, path = place.rstrip("/").partition("/")
    host = host.rpartition("@")[2].lower()
    host = re.sub(r":\d+$", "", host)
    return f"{_HOSTS.get(host, host)}{slash}{path.lower()}".removesuffix(".git").rstrip("/")


def _common(folder: Path, environ: Mapping[str, str]) -> Path | None:
    """Return the folder with the repository's configuration, also of a linked work tree or a submodule."""
    top = root(folder)
    place = Path(environ["GIT_DIR"]) if environ.get("GIT_DIR") else top / ".git" if top else None
    if place is None:
        return None
    try:
        _, shared = directories(place)
        return shared.resolve()
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(place, error) from error


def _config(file: Path, environ: Mapping[str, str]) -> dict[str, dict[str, list[str]]]:
    """Return every section of git's configuration; the repository's overrides the user's and the machine's."""
    os.environ["GIT_PYTHON_REFRESH"] = "quiet"  # else the import fails without a git program
    from git import GitConfigParser  # noqa: PLC0415  slow to import

    found: dict[str, dict[str, list[str]]] = {}
    for each in (*_of_user(environ), file):
        if not each.is_file():
            continue
        try:
            with GitConfigParser(str(each), read_only=True, merge_includes=True) as parser:
                for section in parser.sections():
                    for key, values in _items(parser, section):
                        found.setdefault(section, {}).setdefault(key, []).extend(values)
        except (Error, OSError, UnicodeDecodeError, ValueError, AssertionError) as error:
            raise _unreadable(each, error) from error
    return found


def _items(parser: GitConfigParser, section: str) -> Iterator[tuple[str, list[str]]]:
    for key, values in parser.items_all(section):
        yield key.lower(), [str(value) for value in values]


def _of_user(environ: Mapping[str, str]) -> Iterator[Path]:
    """Yield the files outside the repository, the most general first."""
    if not environ.get("GIT_CONFIG_NOSYSTEM"):
        yield Path(environ.get("GIT_CONFIG_SYSTEM") or "/etc/gitconfig")
    if "GIT_CONFIG_GLOBAL" in environ:
        yield Path(environ["GIT_CONFIG_GLOBAL"] or os.devnull)
        return
    home = environ.get("HOME")
    if environ.get("XDG_CONFIG_HOME") or home:
        yield Path(environ.get("XDG_CONFIG_HOME") or Path(home or "") / ".config") / "git/config"
    if home:
        yield Path(home) / ".gitconfig"


def _rewrite(url: str, config: Mapping[str, Mapping[str, list[str]]]) -> str:
    """Return an address with `insteadOf` applied: the longest prefix wins."""
    bases = [
        (beginning, section.partition('"')[2].rstrip('"'))
        for section, items in config.items()
        if section.startswith("url ")
        for beginning in items.get("insteadof", [])
        if beginning and url.startswith(beginning)
    ]
    if not bases:
        return url
    beginning, base = max(bases, key=lambda each: len(each[0]))
    return base + url[len(beginning) :]


def _unreadable(file: Path, error: Exception) -> UsageError:
    return UsageError(
        f"{file} cannot be read as git's configuration, so the name of this project is not known: {error}",
        hint="fix it, or name the project with --project NAME or `project:` in kestra-deployer.yaml",
    )
