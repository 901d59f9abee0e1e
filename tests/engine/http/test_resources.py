from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from deployer.engine.http.resources import RESOURCES

HTTP = Path(__file__).parents[3] / "deployer/engine/http"
_TWO_MORE = """
import dataclasses
from deployer.model import version
*lines_1x, line_2x = version.VERSIONS
new_1x, new_2x = (dataclasses.replace(row, name=name) for row, name in ((lines_1x[-1], "1.9"), (line_2x, "2.9")))
version.VERSIONS = (*lines_1x, new_1x, line_2x, new_2x)
version.NAMES = tuple(row.name for row in version.VERSIONS)

from deployer.engine.http.resources import RESOURCES

def served(row):
    return [route for resource in RESOURCES for route in resource.ROUTES if route.serves(row.name)]

assert served(new_1x) and served(new_1x) == served(lines_1x[-1])
assert served(new_2x) and served(new_2x) == served(line_2x)
"""


def test_every_file_with_routes_is_in_the_table() -> None:
    with_routes = {file for file in HTTP.rglob("*.py") if "\nROUTES" in file.read_text()}
    assert {Path(str(resource.__file__)) for resource in RESOURCES} == with_routes
    assert len(RESOURCES) == len(with_routes)


def test_a_further_version_has_the_routes_of_the_one_before() -> None:
    subprocess.run([sys.executable, "-c", _TWO_MORE], check=True)
