"""Running a suite of the SDK against a server: what each of its tests did, and how it ended."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sdk.environment import environment
from sdk.suites import PASSWORD, USERNAME, Suite

_ARGUMENTS = (
    *("-p", "sdk_recorder", "--noconftest", "-p", "no:cacheprovider", "-c", os.devnull),
    *("--tb=short", "--quiet"),
)
_LONGEST = 60  # seconds for a test
_TO_THE_END = (0, 1)  # pytest's exit codes for all passed, and for some failed


@dataclass(frozen=True, slots=True)
class Run:
    """One test of the SDK, run once: `requests` are all that it and its fixtures sent, as `GET /path?query`.

    `outcome` is pytest's, or `expected` for a failure that the test's authors expect; `why` is what pytest says of it.
    """

    test: str
    outcome: str
    why: str
    requests: tuple[str, ...]

    @property
    def passed(self) -> bool:
        return self.outcome == "passed"


def run(suite: Suite, server: str, tests: Sequence[str] = (), patience: int = 1) -> dict[str, Run]:
    """Run these tests of the suite, all where none is named, against the server at this URL; return each by its name.

    Every sleep of a test is `patience` times as long. Raises AssertionError when the tests could not be run, or not to
    their end.
    """
    python = environment(suite.requirements)
    folder = _site_packages(python) / "testApis"
    with tempfile.TemporaryDirectory(prefix="sdk-") as work:
        record = Path(work) / "record.jsonl"
        own = {"SDK_SERVER": server, "SDK_RECORD": str(record), "SDK_USERNAME": USERNAME, "SDK_PASSWORD": PASSWORD}
        own["SDK_PATIENCE"] = str(patience)
        paths = {"PYTHONPATH": os.pathsep.join([str(Path(__file__).parent / "plugin"), str(folder)])}
        named = tests or [f"{name}.py" for name in suite.files]
        arguments = [
            *_ARGUMENTS,
            f"--timeout={_LONGEST * patience}",
            f"--rootdir={folder}",
            *(f"{folder}/{name}" for name in named),
        ]
        pytest = subprocess.run(
            [str(python), "-m", "pytest", *arguments],
            cwd=work,
            env={**os.environ, **own, **paths},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert pytest.returncode in _TO_THE_END, pytest.stdout
        runs = [json.loads(line) for line in record.read_text().splitlines()]
    return {each["test"]: Run(each["test"], each["outcome"], each["why"], (*each["requests"],)) for each in runs}


def _site_packages(python: Path) -> Path:
    asked = "import sysconfig; print(sysconfig.get_path('purelib'))"
    return Path(subprocess.check_output([python, "-I", "-c", asked], text=True).strip())
