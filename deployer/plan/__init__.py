"""Stage 3, pure: desired and live resources become a plan."""

from deployer.plan.diff import plan

__all__ = ["plan"]
