"""`kestra-deployer trust`: let the files of this checkout decide where credentials are sent."""

from __future__ import annotations

from typing import Any

import click

from deployer.cli.epilog import epilog
from deployer.cli.options import configure, connection
from deployer.cli.streams import note
from deployer.cli.trusted import trust as keep
from deployer.trust import doubtful


@click.command(epilog=epilog("trust", "trust --revoke", "0 fine, 2 usage."))
@click.option("--revoke", is_flag=True, help="Stop trusting them.")
@connection
def trust(*, revoke: bool, **connected: Any) -> None:
    """Trust this project's files with your credentials: send them to the host, and through the proxy, that they name.

    Your decision is stored for this folder in your own configuration. If the files later name another host or proxy, or
    set `verify: false`, you are asked again. If you name the host yourself (--host, KESTRA_HOST), no trust is needed.
    """
    asked = configure(**connected)
    wanted = doubtful(asked.settings)
    if revoke:
        keep(asked.root, None)
        note(f"{asked.root} is no longer trusted with credentials")
    elif wanted is None:
        note("nothing to trust: the files of this checkout do not decide where your credentials are sent")
    else:
        keep(asked.root, wanted)
        note(f"trusted: credentials are sent {wanted.words}, as the files in {asked.root} say")
