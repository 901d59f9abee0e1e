"""The integration tests that Kestra's own SDK ships in its wheels, and which engine each of them judges.

They were written against a real server. They state no licence, so they are installed and run where pip put them.
"""

from __future__ import annotations

from dataclasses import dataclass

from deployer.model.version import KestraVersion, named

USERNAME, PASSWORD = "root@root.com", "Root!1234"  # as the tests say them


@dataclass(frozen=True, slots=True)
class Suite:
    """The tests in a wheel of the SDK; `files` are those about parts of the server that a deployer has a use for."""

    sdk: str
    version: KestraVersion
    files: tuple[str, ...]

    @property
    def requirements(self) -> tuple[str, ...]:
        """What pip has to install: the SDK, what it needs without saying so, and what runs its tests."""
        return (f"kestrapy=={self.sdk}", "regex", "requests", "sseclient-py", "pytest", "pytest-timeout")


SUITES = (
    Suite(
        "1.0.10",
        named("1.0"),
        ("test_flows_api", "test_executions_api", "test_kv_api", "test_triggers_api", "test_queryfilters"),
    ),
    Suite(
        "1.3.1",
        named("1.3"),
        (
            "test_flows_api",
            "test_executions_api",
            "test_kv_api",
            "test_logs_api",
            "test_files_api",
            "test_triggers_api",
            "test_queryfilters",
            "test_phase4_filters_pagination_tenant",
            "test_basic_sdk_usage_example",
        ),
    ),
)
