"""Stage 4: a plan becomes outcomes."""

from deployer.apply.execute import Applied, apply
from deployer.apply.order import unreached

__all__ = ["Applied", "apply", "unreached"]
