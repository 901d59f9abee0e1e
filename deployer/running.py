"""Walks the stages of a run to their end, whatever that is, so that what was done until then is reported."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

from deployer.errors import DeployerError, SystemRefusedError, UnforeseenError
from deployer.model.request import Request
from deployer.model.result import Report


def run(request: Request, stages: Iterator[Report]) -> Report:
    """Return the last report that the stages yield, with what ended them: nothing, an error, or ^C.

    Whatever the error is, a bug of ours as well, what was done until then is reported.
    """
    began, report = time.monotonic(), Report(request)
    try:
        for report in stages:  # noqa: B007  the last one counts
            pass
    except DeployerError as error:
        report = replace(report, error=error)
    except OSError as error:
        report = replace(report, error=SystemRefusedError(error))
    except Exception as error:  # noqa: BLE001  see above
        report = replace(report, error=UnforeseenError(error))
    except KeyboardInterrupt:
        report = replace(report, interrupted=True)
    return replace(report, seconds=time.monotonic() - began)
