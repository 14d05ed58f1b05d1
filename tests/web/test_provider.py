"""Signing in by a provider of identities: a real one over HTTP, and tokens that are not meant for who shows them."""

from __future__ import annotations

import base64
import hashlib
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import flask
import httpx
import oidc_provider_mock
import pytest
import werkzeug.serving
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from starlette.testclient import TestClient

from casework.users import accounts
from casework.users.accounts import Place
from casework.users.writing import By
from domain.cases.account import NotSignedIn
from domain.errors import Malformed, Unreachable
from ledger.home import Home
from web.app import create
from web.frame.provider import Provider, Told, _Known
from web.frame.provider_settings import ProviderSettings, provider_settings
from web.frame.settings import WebSettings

CLIENT, ISSUER, NONCE = "mingzhang", "https://id.example.gov.cn", "nonce-1"
SOON_S = 300


def s256(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


@contextmanager
def served(app: flask.Flask) -> Iterator[str]:
    server = werkzeug.serving.make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """Serve a provider that demands a nonce, and exchanges a code for its PKCE verifier alone."""
    users = [
        oidc_provider_mock.User(sub=name, claims={"preferred_username": name, "email": f"{name}@x.cn"})
        for name in ("ana", "nobody", "ben")
    ]
    app: flask.Flask = oidc_provider_mock.app(require_nonce=True, user_claims=users)
    challenges: dict[str, str] = {}

    @app.before_request
    def check() -> tuple[str, int] | None:
        form = flask.request.form
        if flask.request.path != "/oauth2/token":
            return None
        fits = challenges.pop(form.get("code", ""), None) == s256(form.get("code_verifier", ""))
        return None if fits else ('{"error": "invalid_grant"}', 400)

    @app.after_request
    def remember(response: flask.Response) -> flask.Response:
        code = parse_qs(urlsplit(response.headers.get("location", "")).query).get("code")
        if code and flask.request.args.get("code_challenge_method") == "S256":
            challenges[code[0]] = flask.request.args["code_challenge"]
        return response

    with served(app) as address:
        yield address


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with Home.open(tmp_path / "home") as opened:
        by = By("admin", datetime.now(UTC))
        accounts.add(opened, "ana", Place("analyst"), by)
        accounts.add(opened, "ben", Place("analyst"), by)
        accounts.disable(opened, "ben", by)
        yield opened


@pytest.fixture
def browser(home: Home, issuer: str) -> TestClient:
    settings = WebSettings(provider=ProviderSettings(issuer, CLIENT, "secret", name="县统一认证"))
    return TestClient(create(home, settings), follow_redirects=False, headers={"sec-fetch-site": "same-origin"})


def there_and_back(browser: TestClient, user: str, action: str = "authorize") -> str:
    """Go to the provider as a user and return the address that leads back, as path and query."""
    left = browser.get("/sign-in/provider", params={"next": "/lists"})
    assert left.status_code == 303, left.text
    answered = httpx.post(left.headers["location"], data={"sub": user, "action": action})
    assert answered.status_code == 302, answered.text
    back = urlsplit(answered.headers["location"])
    assert f"{back.scheme}://{back.netloc}{back.path}" == "http://testserver/sign-in/provider/back"
    return f"{back.path}?{back.query}"


def test_an_account_that_the_provider_names_is_let_in(browser: TestClient) -> None:
    assert "县统一认证" in browser.get("/sign-in").text
    entered = browser.get(there_and_back(browser, "ana"))
    assert entered.status_code == 200
    assert 'content="0; url=/lists"' in entered.text
    cookies = entered.headers.get_list("set-cookie")
    assert any("session=ana." in each and "SameSite=strict" in each and "HttpOnly" in each for each in cookies)
    assert browser.get("/lists").status_code == 200


@pytest.mark.parametrize("user", ["nobody", "ben"])
def test_who_has_no_account_or_a_disabled_one_is_not_let_in_and_none_is_made(
    browser: TestClient, home: Home, user: str
) -> None:
    answered = browser.get(there_and_back(browser, user))
    assert answered.status_code == 401
    assert 'role="alert"' in answered.text
    assert browser.get("/lists").status_code == 303
    assert all(row.stream.rpartition(":")[2] in {"ana", "ben"} for row in home.ledger.of_type("users"))


def test_a_way_back_counts_once_and_in_the_browser_that_left(browser: TestClient, home: Home, issuer: str) -> None:
    back = there_and_back(browser, "ana")
    settings = WebSettings(provider=ProviderSettings(issuer, CLIENT, "secret"))
    other = TestClient(create(home, settings), follow_redirects=False)
    assert other.get(back).status_code == 401
    there_and_back(other, "ana")
    assert other.get(back).status_code == 401
    assert browser.get(back).status_code == 200
    assert browser.get(back).status_code == 401


def test_who_is_refused_there_or_changes_the_answer_is_not_let_in(browser: TestClient) -> None:
    assert browser.get(there_and_back(browser, "ana", "deny")).status_code == 401
    back = there_and_back(browser, "ana")
    assert browser.get(back.replace("state=", "state=%E6%98%8E")).status_code == 401
    assert browser.get(f"{back.partition('?')[0]}?state=&code=x").status_code == 401


def test_a_provider_that_is_away_is_said_and_passwords_still_serve(home: Home) -> None:
    settings = WebSettings(provider=ProviderSettings("http://127.0.0.1:9", CLIENT))
    browser = TestClient(create(home, settings), follow_redirects=False)
    for _ in range(2):
        assert browser.get("/sign-in/provider").status_code == 503
    assert browser.get("/sign-in").status_code == 200


@pytest.fixture(scope="module")
def key() -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": "1"}, private=True)


@pytest.fixture
def provider(key: RSAKey) -> Provider:
    made = Provider(ProviderSettings(ISSUER, CLIENT))
    told = Told(ISSUER, f"{ISSUER}/a", f"{ISSUER}/t", f"{ISSUER}/k")
    public = KeySet.import_key_set({"keys": [key.as_dict(private=False)]})
    made._known = _Known(told, public, datetime.now(UTC))
    return made


def claims(**changes: object) -> dict[str, object]:
    now = int(time.time())
    told = {
        "iss": ISSUER, "sub": "7", "aud": CLIENT, "exp": now + SOON_S, "iat": now, "nonce": NONCE,
        "preferred_username": "ana",
    }  # fmt: skip
    return {name: value for name, value in {**told, **changes}.items() if value is not None}


def test_a_token_for_this_client_and_visit_names_its_user(provider: Provider, key: RSAKey) -> None:
    token = jwt.encode({"alg": "RS256", "kid": "1"}, claims(), key)
    assert provider._name(token, NONCE, datetime.now(UTC)) == "ana"


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://other.example"}, {"aud": "other"}, {"aud": [CLIENT, "other"]}, {"exp": 1}, {"nonce": "x"},
        {"nonce": None}, {"exp": None}, {"preferred_username": None}, {"azp": "other"}, {"preferred_username": 7},
    ],
)  # fmt: skip
def test_a_token_for_somebody_else_or_another_time_names_nobody(
    provider: Provider, key: RSAKey, changes: dict[str, object]
) -> None:
    token = jwt.encode({"alg": "RS256", "kid": "1"}, claims(**changes), key)
    with pytest.raises(NotSignedIn):
        provider._name(token, NONCE, datetime.now(UTC))


def test_a_token_that_somebody_else_signed_names_nobody(provider: Provider, key: RSAKey) -> None:
    foreign = RSAKey.generate_key(2048, {"kid": "1"}, private=True)
    signed = jwt.encode({"alg": "RS256", "kid": "1"}, claims(), foreign)
    head, body, _ = signed.split(".")
    unsigned = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
    for token in (signed, f"{unsigned}.{body}.", f"{head}.{body}.", "x"):
        with pytest.raises(NotSignedIn):
            provider._name(token, NONCE, datetime.now(UTC))


def test_an_address_of_mail_counts_where_the_provider_has_checked_it(provider: Provider, key: RSAKey) -> None:
    provider.settings = provider.settings._replace(claim="email")
    for checked, fits in ((True, True), (False, False), ("true", False), (None, False)):
        token = jwt.encode({"alg": "RS256", "kid": "1"}, claims(email="ana@x.cn", email_verified=checked), key)
        if fits:
            assert provider._name(token, NONCE, datetime.now(UTC)) == "ana@x.cn"
            continue
        with pytest.raises(NotSignedIn):
            provider._name(token, NONCE, datetime.now(UTC))


def test_settings_are_whole_or_refused(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("s3cret\n", encoding="utf-8")
    whole = {"MINGZHANG_OIDC_ISSUER": f"{ISSUER}/", "MINGZHANG_OIDC_CLIENT": CLIENT}
    found = provider_settings({**whole, "MINGZHANG_OIDC_SECRET_FILE": str(secret), "MINGZHANG_OIDC_CLAIM": "sub"})
    assert found == ProviderSettings(ISSUER, CLIENT, "s3cret", "sub")
    assert provider_settings({}) is None
    wrong: tuple[tuple[dict[str, str], Callable[..., Exception]], ...] = (
        ({"MINGZHANG_OIDC_ISSUER": ISSUER}, Malformed),
        ({**whole, "MINGZHANG_OIDC_ISSUER": "http://id.example.gov.cn"}, Malformed),
        ({**whole, "MINGZHANG_OIDC_SECRET_FILE": str(tmp_path / "none")}, Unreachable),
    )
    for environment, error in wrong:
        with pytest.raises((Malformed, Unreachable)) as raised:
            provider_settings(environment)
        assert raised.type is error
