"""Secrets are taken out of what is shown, in whatever spelling they come back."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployer.redaction import redactor
from deployer.settings import Settings, credentials, secrets

SPELLINGS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "in JSON": json.dumps,
    "in JSON in JSON": lambda secret: json.dumps(json.dumps(secret)),
    "in JSON with its own letters": lambda secret: json.dumps(secret, ensure_ascii=False),
    "as Python shows it": repr,
    "in an address": lambda secret: quote(secret, safe=""),
    "in a path": quote,
    "in a form": quote_plus,
    "in a page": html.escape,
    "in Base64": lambda secret: base64.b64encode(secret.encode()).decode(),
}
NASTY = "p&ä\"ss <w>'ö/rd\\+%\n1"


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_no_spelling_of_a_secret_is_shown(spelling: str) -> None:
    written = SPELLINGS[spelling](NASTY)
    shown = redactor([NASTY])(f"before {written} after")
    assert "***" in shown
    assert (shown.startswith("before "), shown.endswith(" after")) == (True, True)
    assert written.strip("\"'=") not in shown


@given(st.text(min_size=4, max_size=12).filter(lambda each: each.strip() == each), st.sampled_from(sorted(SPELLINGS)))
def test_whatever_it_is(secret: str, spelling: str) -> None:
    written = SPELLINGS[spelling](secret)
    assert written not in redactor([secret])(f"<{written}>") or written.strip("\"'") == ""


def test_a_short_one_is_found_where_it_stands_alone() -> None:
    assert redactor(["a1"])("a1 a12 xa1 (a1) a1=a1") == "*** a12 xa1 (***) ***=***"


def test_without_secrets_a_text_stays_as_it_is() -> None:
    assert redactor([])("anything") == "anything"
    assert redactor([""])("anything") == "anything"


def test_what_is_secret_of_settings() -> None:
    settings = Settings(
        host="https://k",
        username="ann",
        password="pa55",
        headers={"X-Team": "data", "X-Api-Key": "k3y", "X-Trace": "0123456789abcdef"},
    )
    found = secrets(settings, "http://u:p%40ss@proxy:1")
    assert set(found) == {"pa55", "YW5uOnBhNTU=", "k3y", "0123456789abcdef", "p%40ss", "p@ss"}
    variables = {"KESTRA_API_TOKEN": " tok3n ", "KESTRACTL_PASSWORD": "old", "KESTRA_USERNAME": "ann"}
    assert credentials(variables, {}) == ["tok3n", "old"]
