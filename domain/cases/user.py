"""What happens to an account of the service: made, changed, its means of sign-in, every sign-in, its end."""

from __future__ import annotations

from datetime import datetime

from eventsourcing.utils import register_topic

from domain.fact import Fact

KIND = "users"
"""First part of the stream: users:mingzhang:<name>."""

PASSWORD, CODE, DISABLED, EXPIRED = "password", "code", "disabled", "expired"
"""Why a sign-in failed: no such password; no such code, or one that was used; disabled; a one-time password too old."""
BY_PASSWORD, BY_PROVIDER = "password", "provider"
"""Ways to sign in: here, or at the provider of identities that the county runs (OIDC)."""


class UserEvent(Fact, frozen=True):
    """Something happened to an account."""

    user: str
    """The account's name: a work number or the like, not the name of a person."""


class UserPlaced(UserEvent, frozen=True):
    """What an account may be used for, whole each time."""

    role: str
    """One of the roles of domain.cases.permission."""
    township: str | None = None
    """Nine digits, for a clerk or leader."""
    department: str | None = None
    """The office of a liaison, as an addressee is named."""
    person: str | None = None
    """Token of the identity number of who uses it; the number is sealed in the vault. None: not said."""


class UserAdded(UserPlaced, frozen=True):
    """An account was made."""


class UserChanged(UserPlaced, frozen=True):
    """An account got another role or place."""


class UserDisabled(UserEvent, frozen=True):
    """Nobody may use the account any more; its sessions and tokens end."""


class UserEnabled(UserEvent, frozen=True):
    """A disabled account may be used again."""


class PasswordSet(UserEvent, frozen=True):
    """A password was set; its argon2id hash is sealed in the vault, and the sessions end."""

    credential: str
    """Which of the hashes that the vault keeps of the account counts from now on."""
    one_time: bool = False
    """Given out by somebody else, and to be changed at the first sign-in."""


class SecondFactorSet(UserEvent, frozen=True):
    """Codes of a device (TOTP, RFC 6238) are asked for from now on, or no longer; the sessions end."""

    credential: str | None = None
    """Which of the secrets that the vault keeps of the account counts; None: no code is asked for."""
    step: int | None = None
    """Number of the 30 seconds whose code was shown for it, which is good for nothing afterwards."""


class TokenIssued(UserEvent, frozen=True):
    """A bearer token for programs was given out."""

    token: str
    """A short name by which it is listed and revoked; not the token."""
    sha256: str
    """Of the token, which is random and kept nowhere."""
    scopes: tuple[str, ...]
    """Actions of domain.cases.permission that it may be used for."""
    expires_at: datetime


class TokenRevoked(UserEvent, frozen=True):
    """A bearer token is good for nothing any more."""

    token: str
    """Its short name."""


class SignedIn(UserEvent, frozen=True):
    """Somebody proved to be the user; a session began."""

    session: str
    """SHA-256 of the session's secret, which the browser alone keeps."""
    way: str = BY_PASSWORD
    """password or provider."""
    step: int | None = None
    """Number of the 30 seconds whose code was used, which is good for nothing afterwards."""


class SignInFailed(UserEvent, frozen=True):
    """Somebody could not prove to be the user."""

    reason: str
    """password, code, disabled or expired."""


class LockedOut(UserEvent, frozen=True):
    """Too many sign-ins failed in a row: nobody is let in for a time, not even with the right password."""

    failures: int
    """In a row."""
    until: datetime
    """From this moment on the next one may try."""


class SignedOut(UserEvent, frozen=True):
    """A session ended, by the user or by who manages users."""

    session: str
    """As the event of its beginning names it."""


class ViewSaved(UserEvent, frozen=True):
    """The user keeps a filter of the table of suspicions under a name."""

    name: str
    query: str
    """As an address has it: choices and ids, no text about anybody."""


class ViewRemoved(UserEvent, frozen=True):
    """The user keeps a filter no longer."""

    name: str


EVENTS: dict[str, type[UserEvent]] = {
    "user.Added.v1": UserAdded,
    "user.Changed.v1": UserChanged,
    "user.Disabled.v1": UserDisabled,
    "user.Enabled.v1": UserEnabled,
    "user.PasswordSet.v1": PasswordSet,
    "user.SecondFactorSet.v1": SecondFactorSet,
    "user.TokenIssued.v1": TokenIssued,
    "user.TokenRevoked.v1": TokenRevoked,
    "user.SignedIn.v1": SignedIn,
    "user.SignInFailed.v1": SignInFailed,
    "user.LockedOut.v1": LockedOut,
    "user.SignedOut.v1": SignedOut,
    "user.ViewSaved.v1": ViewSaved,
    "user.ViewRemoved.v1": ViewRemoved,
}
TOPICS = {event: topic for topic, event in EVENTS.items()}
for _topic, _event in EVENTS.items():
    register_topic(_topic, _event)
