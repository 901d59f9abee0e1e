"""What a secret in a text is, and that the text is shown without it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployer.model.problem import Span
from deployer.model.secret import MASK, excerpt, is_name, kept_elsewhere, line, masked, values

MARK = "Hunter2-zQ9"
WRITTEN = {
    "a password": f"password: {MARK}",
    "in quotes": f'password: "{MARK}"',
    "in single quotes": f"passphrase: '{MARK}''{MARK}'",
    "several words": f"passphrase: {MARK} {MARK} battery staple",
    "a key in quotes": f'"api_key": "{MARK}"',
    "a hump": f"secretAccessKey: {MARK}",
    "an account": f"accountKey: {MARK}",
    "a shared one": f"sharedAccessKey: {MARK}",
    "inline": f"options: {{user: ann, password: {MARK}, port: 1}}",
    "inline in quotes": f'options: {{"token":"{MARK}","port":1}}',
    "inline in a list": f"options: [{{password: {MARK}}}, 1]",
    "an item": f"- password: {MARK}",
    "items": f"secret:\n  - {MARK}\n  - {MARK}",
    "items in the same column": f"secret:\n- {MARK}\n- {MARK}",
    "a block": f"private_key: |\n  {MARK}\n\n  {MARK}",
    "a folded block": f"token: >-\n  {MARK}\n    {MARK}",
    "on the next line": f"token:\n  {MARK}",
    "on the next lines": f"token: {MARK}\n  {MARK}",
    "over lines in quotes": f'password: "{MARK}\n  {MARK}"',
    "an environment": f"env:\n  DB_PASSWORD: {MARK}",
    "a variable": f"KESTRA_API_TOKEN={MARK}",
    "an exported one": f"export DB_PASSWORD={MARK}",
    "a comment": f"# password: {MARK}",
    "beside an expression": f'token: "{MARK}{{{{ inputs.x }}}}"',
    "behind an expression": f"token: \"{{{{ secret('A') }}}}{MARK}\"",
    "an address": f"url: jdbc:postgresql://ann:{MARK}@db.example.com/x",
    "a header": f"Authorization: Bearer {MARK}{MARK}",
    "basic": f"headers: {{x: 'Basic {MARK.replace('-', '')}aaaa='}}",
    "a connection": f"conn: DefaultEndpointsProtocol=https;AccountKey={MARK};x=y",
    "a private key": f"x: |\n  -----BEGIN RSA PRIVATE KEY-----\n  {MARK}\n  {MARK}\n  -----END RSA PRIVATE KEY-----",
    "a private key in JSON": f"x: '-----BEGIN PRIVATE KEY-----\\\\n{MARK}\\\\n-----END PRIVATE KEY-----\\\\n'",
    "an input's default": f"- id: a\n  type: SECRET\n  defaults: {MARK}",
    "an input's default before": f"- id: a\n  defaults: {MARK}\n  required: false\n  type: SECRET",
    "AWS": "x: AKIAHUNTER2ZQ9ZQ9ZQ9",
    "GitHub": "x: ghp_Hunter2zQ9aaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "a token of the web": f"x: eyJhbGciOiJI{MARK}.eyJzdWIiOiIx{MARK}.{MARK}",
}
"""How a secret may stand in a flow."""
FINE = (
    "password: \"{{ secret('DB') }}\"",
    "token: ${{ env.TOKEN }}",
    "nextPageToken: abc",
    "pullSecret: abc",
    "key: abc",
    "token:",
    "password: ''",
    "password: null",
    "message: the password is kept elsewhere",
    "url: https://example.com/a:b@c",
    "uri: https://{{ secret('U') }}:{{ secret('P') }}@example.com",
    "Authorization: \"Bearer {{ secret('T') }}\"",
    "- id: a\n  type: STRING\n  defaults: shown",
)


@pytest.mark.parametrize("how", WRITTEN)
@pytest.mark.parametrize("indent", ["", "        "])
def test_it_is_not_shown_however_it_is_written(how: str, indent: str) -> None:
    text = "".join(f"{indent}{each}\n" for each in WRITTEN[how].split("\n")) + f"{indent}after: shown\n"
    shown = masked(text)
    assert len(shown) == len(text.splitlines())
    assert MASK in "\n".join(shown)
    for piece in (MARK, MARK.replace("-", ""), "HUNTER2", "Hunter2"):
        assert piece not in "\n".join(shown)
    assert shown[-1] == f"{indent}after: shown"


@pytest.mark.parametrize("text", FINE)
def test_what_is_none_is_shown(text: str) -> None:
    assert masked(text) == text.splitlines()
    assert values(text) == []


def test_what_one_text_takes_from_a_secret_the_other_held_as_it_was() -> None:
    before, after = f"url: {MARK}\nuser: ann\n", "url: \"{{ secret('URL') }}\"\nuser: ann\n"
    assert masked(before) == ["url: " + MARK, "user: ann"]
    assert masked(before, kept_elsewhere(after)) == [f"url: {MASK}", "user: ann"]


def test_an_excerpt_shows_no_secret_and_is_empty_where_its_place_would_be_another() -> None:
    text = f"a: 1\nx: {{password: {MARK}, port: y}}\n"
    assert excerpt(text, Span(1, 1, 1, 2)) == "a: 1"
    assert excerpt(text, Span(2, 1, 2, 2)) == f"x: {{password: {MASK}, port: y}}"
    assert excerpt(text, Span(2, 30, 2, 31)) == ""
    assert excerpt(text, Span(9, 1, 9, 2)) == excerpt(text, None) == ""
    block = "token: |\n" + f"  {MARK}\n" * 5
    assert line(block, 6) == f"  {MASK}"


@given(st.text(alphabet="ab:-{}[]\"'\n |>#,= ", max_size=60), st.sampled_from(sorted(WRITTEN)))
def test_no_text_around_it_breaks_the_look(around: str, how: str) -> None:
    text = f"{around}\n{WRITTEN[how]}\n{around}"
    assert len(masked(text)) == len(text.splitlines())
    assert isinstance(values(text), list)


@pytest.mark.parametrize("name", ["password", "DB_PASSWORD", "clientSecret", "apiKey", "x.token", "sharedAccessKey"])
def test_a_name_tells(name: str) -> None:
    assert is_name(name)
    assert not is_name(f"{name}s")
    assert not is_name(f"{name}Name")


MONSTERS = {
    "one word": "a" * 3_000_000,
    "a value": "password: " + "{{ " * 500_000,
    "objects": "{password: " + ", " * 500_000,
    "quotes": "\"'" * 500_000,
    "addresses": "a-" * 9_500,
    "tokens": "-eyJ" * 4_900,
    "keys": "a: " * 6_000,
    "secret keys": "token: " * 2_800,
    "expressions": "token: " + "{{" * 9_000,
    "many lines": "token: {{ x }}y\n" * 20_000,
}
"""Texts that take for ever where each place of them is looked at from every other."""


@pytest.mark.untraced
@pytest.mark.timeout(60)
@pytest.mark.parametrize("monster", MONSTERS)
def test_no_text_takes_for_ever(monster: str) -> None:
    assert len(masked(MONSTERS[monster] + "\nafter: shown")) == MONSTERS[monster].count("\n") + 2
