"""Stage 3, pure: files, the live side, the ledger and what the user allows become a plan."""

from deployer.plan.decide import Decider, OnDisabled, OnDrift, Policy
from deployer.plan.diff import plan
from deployer.plan.drift import only_drift
from deployer.plan.prune import Scope, orphans
from deployer.plan.stops import stopped

__all__ = ["Decider", "OnDisabled", "OnDrift", "Policy", "Scope", "only_drift", "orphans", "plan", "stopped"]
