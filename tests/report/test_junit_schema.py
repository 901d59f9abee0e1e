"""JUnit XML is what a schema allows that CI systems read it by: that of Jenkins' xUnit plugin.

The schema is in the source archive of pytest, whose own reports are held against it too. It is fetched once, from where
`pip` fetches all else, and kept beside the packages of the environment.
"""

from __future__ import annotations

import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from report.test_junit import RUNS
from xmlschema import XMLSchema

from deployer.model.result import Report
from deployer.report.junit import render


@pytest.fixture(scope="session")
def jenkins(tmp_path_factory: pytest.TempPathFactory) -> XMLSchema:
    kept = Path(sys.prefix) / f"junit-10-of-pytest-{pytest.__version__}.xsd"
    if not kept.exists():
        kept.write_bytes(_fetched(tmp_path_factory.mktemp("pytest")))
    return XMLSchema(kept)


def _fetched(folder: Path) -> bytes:
    options = ["--no-deps", "--no-binary=pytest", "--disable-pip-version-check", "--quiet", f"--dest={folder}"]
    command = [sys.executable, "-m", "pip", "download", *options, f"pytest=={pytest.__version__}"]
    subprocess.run(command, check=True, timeout=300)
    [archive] = folder.glob("*.tar.gz")
    with tarfile.open(archive) as opened:
        file = opened.extractfile(f"{archive.name.removesuffix('.tar.gz')}/testing/example_scripts/junit-10.xsd")
        assert file
        return file.read()


@pytest.mark.parametrize("report", RUNS.values(), ids=RUNS)
def test_jenkins_takes_the_document(report: Report, jenkins: XMLSchema) -> None:
    jenkins.validate(render(report))


def test_jenkins_refuses_what_other_readers_take(jenkins: XMLSchema) -> None:
    case = '<testcase name="a" file="b"/>'
    document = f'<testsuites><testsuite name="a" tests="1" failures="0" errors="0">{case}</testsuite></testsuites>'
    assert not jenkins.is_valid(document)
    assert jenkins.is_valid(document.replace(' file="b"', ""))
