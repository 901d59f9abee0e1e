"""kestra-deployer: a GitOps deployer for Kestra flows."""

__version__ = "0.1.0"
