"""What of the user's environment an engine and its flows get: what is needed to run, and what is named."""

from __future__ import annotations

import pytest

from deployer.engine.process.environment import select_named, select_needed
from deployer.errors import UsageError

SHELL = {
    "PATH": "/bin",
    "LC_ALL": "C",
    "KESTRA_DEPLOYER_CACHE": "/cache",
    "AWS_SECRET_ACCESS_KEY": "geheim",
    "KESTRA_API_TOKEN": "geheim",
    "SECRET_SLACK": "aG9vaw==",
    "ENV_STAGE": "dev",
    "TOKEN": "tok3n",
}


def test_nothing_but_what_is_needed_is_passed_on_by_itself() -> None:
    assert select_needed(SHELL) == {"PATH": "/bin", "LC_ALL": "C", "KESTRA_DEPLOYER_CACHE": "/cache"}
    assert select_named(SHELL, (), (), {}) == {}


def test_what_is_named_is_passed_on_as_kestra_has_it() -> None:
    assert select_named(SHELL, ["SLACK", "TOKEN"], ["STAGE"], {}) == {
        "SECRET_SLACK": "aG9vaw==",
        "SECRET_TOKEN": "dG9rM24=",
        "ENV_STAGE": "dev",
    }
    assert select_named(SHELL, ["SECRET_SLACK"], ["ENV_STAGE", "token"], {}) == {
        "SECRET_SLACK": "aG9vaw==",
        "ENV_STAGE": "dev",
        "ENV_TOKEN": "tok3n",
    }


def test_of_a_file_only_what_is_called_so_counts() -> None:
    file = {"SECRET_A": "YQ==", "ENV_B": "b", "AWS_SECRET_ACCESS_KEY": "geheim"}
    assert select_named({}, (), (), file) == {"SECRET_A": "YQ==", "ENV_B": "b"}


@pytest.mark.parametrize(
    ("secrets", "envs", "file", "says"),
    [
        (["NOPE"], [], {}, "--secret NOPE: there is no such variable"),
        ([], ["NOPE"], {}, "--env NOPE: there is no such variable"),
        (["A=B"], [], {}, "'A=B' is not the name of a variable"),
        ([], [], {"SECRET_A": "plain text"}, "SECRET_A is not base64"),
    ],
)
def test_what_cannot_be_passed_on_is_an_error_that_shows_no_value(
    secrets: list[str], envs: list[str], file: dict[str, str], says: str
) -> None:
    with pytest.raises(UsageError) as caught:
        select_named(SHELL, secrets, envs, file)
    assert says in str(caught.value)
    assert "plain text" not in str(caught.value)
