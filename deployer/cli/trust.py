"""`kestra-deployer trust`: let this checkout's files say where credentials are sent."""

from __future__ import annotations

from typing import Any

import click

from deployer.cli.options import configured, connection
from deployer.cli.streams import note
from deployer.cli.trusted import trust as keep
from deployer.trust import doubtful


@click.command(epilog="Exit codes: 0 fine, 2 usage.")
@click.option("--revoke", is_flag=True, help="Trust it no more.")
@connection
def trust(*, revoke: bool, **connected: Any) -> None:
    """Trust this project's files with your credentials: send them to the host, and by the way, that they name.

    It is kept for this folder in your own configuration. When the files name another host, proxy or `verify: false`,
    you are asked again. Where you name the host yourself (--host, KESTRA_HOST), there is nothing to trust.
    """
    asked = configured(**connected)
    wanted = doubtful(asked.settings)
    if revoke:
        keep(asked.root, None)
        note(f"{asked.root} is not trusted with credentials any more")
    elif wanted is None:
        note("nothing to trust: the files of this checkout send none of your credentials anywhere")
    else:
        keep(asked.root, wanted)
        note(f"credentials are sent {wanted.words}, as the files in {asked.root} say")
