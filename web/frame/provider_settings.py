"""How the county's provider of identities is reached, as variables of the environment say it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from domain.errors import Malformed, Unreachable

ISSUER, CLIENT, SECRET_FILE = "MINGZHANG_OIDC_ISSUER", "MINGZHANG_OIDC_CLIENT", "MINGZHANG_OIDC_SECRET_FILE"
CLAIM, NAME = "MINGZHANG_OIDC_CLAIM", "MINGZHANG_OIDC_NAME"
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class ProviderSettings(NamedTuple):
    """A provider of identities."""

    issuer: str
    """Its address, without a slash at the end."""
    client_id: str
    secret: str = ""
    """"": a public client, bound by PKCE alone."""
    claim: str = "preferred_username"
    """Whose value is the account's name here."""
    name: str = ""
    """As the sign-in page calls it; "": by the words of the page."""


def provider_settings(environment: Mapping[str, str]) -> ProviderSettings | None:
    """Return the settings; None where no issuer is named. Malformed; Unreachable: the secret's file cannot be read."""
    issuer = environment.get(ISSUER, "").strip().rstrip("/")
    if not issuer:
        return None
    parts, client = urlsplit(issuer), environment.get(CLIENT, "").strip()
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise Malformed(
            f"{ISSUER} 应为 https 地址，得到 {issuer}", f"{ISSUER} is to be an https address, found {issuer}"
        )
    if not client:
        raise Malformed(f"设了 {ISSUER}，还须设 {CLIENT}", f"with {ISSUER}, {CLIENT} is to be set too")
    named = environment.get(SECRET_FILE, "")
    return ProviderSettings(
        issuer, client, _secret(Path(named)) if named else "",
        environment.get(CLAIM, "").strip() or "preferred_username", environment.get(NAME, "").strip(),
    )  # fmt: skip


def _secret(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise Unreachable(f"{SECRET_FILE}：读不出 {file}", f"{SECRET_FILE}: cannot read {file}") from error
