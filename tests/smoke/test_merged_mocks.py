"""Which fixtures an engine is sent: those of iterations are one in Kestra 2."""

from __future__ import annotations

from typing import Any

from deployer.model.resource import FLOW, Key
from deployer.model.smoke import SmokeCase, TaskFixture
from deployer.model.version import Dialect
from deployer.smoke.mocks import fixtures

A = '{% if item.value == "a" %}'
B = '{% elseif item.value == "b" %}'


def merged(*by_value: tuple[str | None, dict[str, Any]]) -> Any:
    tasks = tuple(TaskFixture(id="t", value=value, outputs=outputs) for value, outputs in by_value)
    found = fixtures(SmokeCase("s", "c", Key(FLOW, "b.c", "a"), "x", tasks=tasks), Dialect.V2)
    assert found
    [task] = found["tasks"]
    assert "value" not in task
    return task["outputs"]


def test_a_template_chooses_by_the_value_of_the_iteration() -> None:
    assert merged(("a", {"n": "1"}), ("b", {"n": "2"}), (None, {"n": "3"})) == {
        "n": f"{A}1{B}2{{% else %}}3{{% endif %}}"
    }


def test_a_mapping_stays_one_and_what_is_the_same_is_no_template() -> None:
    one, two = {"m": {"n": 1, "same": [5]}}, {"m": {"n": 2, "same": [5]}}
    assert merged(("a", one), ("b", two)) == {"m": {"n": f"{A}1{B}2{{% endif %}}", "same": [5]}}


def test_lists_of_one_length_stay_lists() -> None:
    assert merged(("a", {"l": [1, 5]}), ("b", {"l": [2, 5]})) == {"l": [f"{A}1{B}2{{% endif %}}", 5]}
    assert merged(("a", {"l": [1]}), ("b", {"l": []})) == {"l": f"{A}[1]{B}[]{{% endif %}}"}


def test_what_one_iteration_lacks_is_empty_there() -> None:
    assert merged(("a", {"n": "1"}), ("b", {})) == {"n": f"{A}1{B}{{% endif %}}"}
