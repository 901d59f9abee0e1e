"""Stage 4: a plan becomes outcomes."""

from deployer.apply.execute import Applied, apply

__all__ = ["Applied", "apply"]
