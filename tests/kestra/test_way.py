"""By which way a server is reached, and whom we trust there: variables count where they concern this run, by name."""

from __future__ import annotations

import ssl
import subprocess
from pathlib import Path

import certifi
import pytest
import trustme
from kestra.scripted import answer, raw_server, scripted
from pytest_httpserver import HTTPServer

from deployer.errors import KestraError, UsageError
from deployer.kestra.way import Proxy, proxy
from deployer.settings import Settings

VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE")


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.mark.parametrize(
    ("environ", "host", "expected"),
    [
        ({"HTTPS_PROXY": "http://p:1"}, "https://k", Proxy("http://p:1", "HTTPS_PROXY")),
        ({"HTTPS_PROXY": "http://p:1"}, "http://k", None),
        ({"https_proxy": "p:1", "HTTPS_PROXY": "q:1"}, "https://k", Proxy("http://p:1", "https_proxy")),
        ({"ALL_PROXY": "http://p:1"}, "http://k", Proxy("http://p:1", "ALL_PROXY")),
        ({"ALL_PROXY": "http://p:1", "HTTP_PROXY": "http://q:1"}, "http://k", Proxy("http://q:1", "HTTP_PROXY")),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": ".example.com"}, "https://k.example.com", None),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "k:8443, x"}, "https://k:8443/prefix", None),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "*"}, "https://k", None),
        ({"HTTPS_PROXY": "  "}, "https://k", None),
        ({"HTTP_PROXY": "http://p:1", "ALL_PROXY": "http://p:1"}, "http://localhost:8080", None),
    ],
)
def test_the_environments_proxy_for_a_host(
    monkeypatch: pytest.MonkeyPatch, environ: dict[str, str], host: str, expected: Proxy | None
) -> None:
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert proxy(Settings(host=host)) == expected


def test_the_place_of_a_proxy_holds_no_credentials() -> None:
    assert Proxy("http://ann:secret@p:1", "HTTPS_PROXY").place == "p:1"


USELESS = [
    ("SSL_CERT_FILE", "/nowhere"),
    ("SSL_CERT_FILE", "/"),
    ("SSL_CERT_FILE", __file__),
    ("SSL_CERT_DIR", "/nowhere"),
    ("SSL_CERT_DIR", str(Path(__file__).parent)),
    ("SSLKEYLOGFILE", "/nowhere/keys"),
    ("HTTPS_PROXY", "gopher://p"),
    ("HTTPS_PROXY", "http://p:port"),
    ("HTTPS_PROXY", "http://[::1"),
    ("HTTPS_PROXY", "what is that"),
    ("HTTPS_PROXY", "garbage"),
    ("HTTPS_PROXY", "\udcff:1"),
    ("HTTPS_PROXY", "socks5://p:1"),
    ("ALL_PROXY", "://"),
]


@pytest.mark.parametrize(("variable", "value"), USELESS)
def test_a_variable_of_no_use_is_named_before_anything_is_sent(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(UsageError) as caught, scripted("https://kestra.invalid"):
        pass
    assert variable in str(caught.value)
    assert caught.value.hint


@pytest.mark.parametrize(("variable", "value"), USELESS)
def test_a_variable_that_concerns_nothing_in_this_run_is_not_looked_at(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    with raw_server(answer(200, '{"version": "1.3.31"}')) as here, scripted(here.url) as it:
        assert it.client.server().version == "1.3.31"


def test_a_proxy_that_is_not_there_is_named_with_its_variable_and_without_its_credentials(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://ann:secret@127.0.0.1:1")
    with scripted("https://kestra.invalid", attempts=1) as it, pytest.raises(KestraError) as caught:
        it.client.server()
    assert "cannot connect to the proxy 127.0.0.1:1, set by HTTPS_PROXY: " in str(caught.value)
    assert "secret" not in str(caught.value)


def test_authorities_of_the_environment_are_trusted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    with HTTPServer("127.0.0.1", ssl_context=context) as server:
        server.expect_request("/api/v1/configs").respond_with_json({"version": "1.3.31"})
        monkeypatch.setenv("SSL_CERT_FILE", certifi.where())
        with scripted(server.url_for("")) as it, pytest.raises(KestraError, match="no secure connection") as caught:
            it.client.server()
        assert "only certificates in SSL_CERT_FILE are trusted" in caught.value.hint
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
        with scripted(server.url_for("")) as it:
            assert it.client.server().version == "1.3.31"
        monkeypatch.delenv("SSL_CERT_FILE")
        subprocess.run(["openssl", "rehash", str(tmp_path)], check=True)
        monkeypatch.setenv("SSL_CERT_DIR", f"/nowhere:{tmp_path}")
        with scripted(server.url_for("")) as it:
            assert it.client.server().version == "1.3.31"
