"""Stage 3, pure: what is desired, what is live, the ledger and what the user allows become a plan."""

from deployer.plan.compare import compare
from deployer.plan.decide import Decider
from deployer.plan.drift import only_drift
from deployer.plan.prune import Scope, orphans

__all__ = ["Decider", "Scope", "compare", "only_drift", "orphans"]
