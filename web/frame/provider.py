"""Signing in at the county's provider of identities: OpenID Connect by code, with state, nonce and PKCE."""

from __future__ import annotations

import secrets
import threading
from datetime import datetime, timedelta
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

import httpx
import msgspec
from authlib.common.errors import AuthlibBaseError
from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from domain.cases.account import NotSignedIn
from domain.errors import Unreachable
from web.frame.provider_settings import ProviderSettings

DISCOVERY = "/.well-known/openid-configuration"
SCOPE = "openid profile email"
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
"""Signatures alone: nothing that the client's secret could sign, and never none."""
KNOWN_FOR = timedelta(hours=1)
AWAY_FOR = timedelta(seconds=15)
TIMEOUT_S = 5.0
LEEWAY_S = 60
_VERIFIER_BYTES = 48


class Told(msgspec.Struct, frozen=True):
    """What the provider says of itself."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str


class Left(msgspec.Struct, frozen=True):
    """What is remembered of somebody who went to the provider."""

    state: str
    nonce: str
    verifier: str
    """Of PKCE: only who left can use the code that comes back."""
    to: str
    """Where they wanted to go here."""


class _Exchanged(msgspec.Struct, frozen=True):
    """What a code was exchanged for, as far as it matters here."""

    id_token: str


class _Known(NamedTuple):
    told: Told
    keys: KeySet
    at: datetime


class Provider:
    """One provider; what it says of itself and its keys are asked again after a time. Safe for threads."""

    def __init__(self, settings: ProviderSettings) -> None:
        self.settings = settings
        self._lock = threading.Lock()
        self._known: _Known | None = None
        self._away: tuple[datetime, Unreachable] | None = None
        """When it last did not answer, so that who asks meanwhile waits for nothing."""

    def leave(self, back: str, to: str, now: datetime) -> tuple[str, Left]:
        """Return the address at the provider, and what is to be remembered until they are back; Unreachable."""
        left = Left(
            secrets.token_urlsafe(), secrets.token_urlsafe(), secrets.token_urlsafe(_VERIFIER_BYTES), to
        )
        url = prepare_grant_uri(
            self._asked(now).told.authorization_endpoint, self.settings.client_id, "code", back, SCOPE, left.state,
            nonce=left.nonce, code_challenge=create_s256_code_challenge(left.verifier), code_challenge_method="S256",
        )  # fmt: skip
        return str(url), left

    def come_back(self, back: str, address: str, left: Left, now: datetime) -> str:
        """Return whom the provider names, having exchanged the code that came with the address.

        NotSignedIn: refused there, or what came is not meant for who left here. Unreachable.
        """
        query = parse_qs(urlsplit(address).query)
        if not secrets.compare_digest("".join(query.get("state", [])).encode(), left.state.encode()):
            raise _not_proved("state")
        if "error" in query or "code" not in query:
            raise _not_proved("".join(query.get("error", ["code"]))[:40])
        token = self._exchanged(back, "".join(query["code"]), left.verifier, now)
        return self._name(token, left.nonce, now)

    def _exchanged(self, back: str, code: str, verifier: str, now: datetime) -> str:
        """Return the ID token that a code is good for; NotSignedIn, Unreachable."""
        where, settings = self._asked(now).told.token_endpoint, self.settings
        way = ClientAuth(settings.client_id, settings.secret, "client_secret_basic" if settings.secret else "none")
        body = prepare_token_request("authorization_code", "", back, code=code, code_verifier=verifier)
        kind = {"content-type": "application/x-www-form-urlencoded", "accept": "application/json"}
        address, headers, content = way.prepare("POST", where, kind, body)
        try:
            answered = httpx.post(address, headers=headers, content=content, timeout=TIMEOUT_S)
        except httpx.HTTPError as error:
            raise _away(error) from error
        try:
            return msgspec.json.decode(answered.raise_for_status().content, type=_Exchanged).id_token
        except httpx.HTTPStatusError as error:
            if answered.is_server_error:
                raise _away(error) from error
            raise _not_proved(f"token {answered.status_code}") from error
        except msgspec.DecodeError as error:
            raise _not_proved("id_token") from error

    def _name(self, token: str, nonce: str, now: datetime) -> str:
        """Return the account's name that a token of this issuer, for this client and visit, holds; NotSignedIn."""
        known, settings = self._asked(now), self.settings
        try:
            decoded = jwt.decode(token, known.keys, algorithms=ALGORITHMS)
            claims = CodeIDToken(
                decoded.claims, decoded.header,
                {"iss": {"essential": True, "value": known.told.issuer},
                 "aud": {"essential": True, "value": settings.client_id}},
                {"nonce": nonce, "client_id": settings.client_id},
            )  # fmt: skip
            claims.validate(int(now.timestamp()), LEEWAY_S)
        except (JoseError, AuthlibBaseError, ValueError) as error:
            self._forget(now)
            raise _not_proved("id_token") from error
        name = claims.get(settings.claim)
        if not isinstance(name, str) or (settings.claim == "email" and claims.get("email_verified") is not True):
            raise _not_proved(settings.claim)
        return name

    def _asked(self, now: datetime) -> _Known:
        with self._lock:
            if self._known is None or now - self._known.at >= KNOWN_FOR:
                if self._away is not None and now - self._away[0] < AWAY_FOR:
                    raise self._away[1]
                try:
                    self._known = self._ask(now)
                except Unreachable as error:
                    self._away = now, error
                    raise
            return self._known

    def _forget(self, now: datetime) -> None:
        """Ask for the keys anew next time: the provider may have changed them, but not oftener than once a minute."""
        with self._lock:
            if self._known is not None and now - self._known.at >= timedelta(minutes=1):
                self._known = None

    def _ask(self, now: datetime) -> _Known:
        issuer = self.settings.issuer
        try:
            with httpx.Client(timeout=TIMEOUT_S) as client:
                told = msgspec.json.decode(client.get(f"{issuer}{DISCOVERY}").raise_for_status().content, type=Told)
                if told.issuer.rstrip("/") != issuer:
                    raise Unreachable(
                        f"身份认证服务自称 {told.issuer}，不是设定的 {issuer}：请核对 MINGZHANG_OIDC_ISSUER",
                        f"the provider calls itself {told.issuer}, not {issuer} as set: check MINGZHANG_OIDC_ISSUER",
                    )
                keys = KeySet.import_key_set(client.get(told.jwks_uri).raise_for_status().json())
        except (httpx.HTTPError, msgspec.DecodeError, JoseError, ValueError, KeyError, TypeError) as error:
            raise _away(error) from error
        return _Known(told, keys, now)


def _not_proved(what: str) -> NotSignedIn:
    return NotSignedIn(
        f"统一身份认证没有确认您的身份（{what}）：请重新登录，仍不行时联系系统管理员",
        f"the provider of identities did not prove who you are ({what}): sign in again, or ask the administrator",
    )


def _away(error: Exception) -> Unreachable:
    return Unreachable(
        f"统一身份认证服务没有应答（{type(error).__name__}）：请稍后再试，或用账号密码登录",
        f"the provider of identities does not answer ({type(error).__name__}): try later, or sign in with a password",
    )
