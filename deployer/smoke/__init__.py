"""Stage 5: smoke suites become results."""

from deployer.smoke.run import run
from deployer.smoke.suites import suites, unknown_flows

__all__ = ["run", "suites", "unknown_flows"]
