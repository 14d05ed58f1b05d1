"""What every recorded fact carries: its envelope, the tokens that stand for persons and accounts, and its defects."""

from __future__ import annotations

from datetime import datetime

import msgspec


class Identity(msgspec.Struct, frozen=True, omit_defaults=True):
    """A person or unit, as a token, with what rules need of the number and nothing that names anybody."""

    token: str
    valid: bool = True
    """The check character and the date in the number hold (GB 11643, GB 32100)."""
    born: int | None = None
    """Year of birth, for a resident's number."""
    sex: str | None = None
    """m or f, for a resident's number."""
    name_birth: str | None = None
    """Token of (name, birth date); equal for one person under two numbers."""
    near: tuple[str, ...] = ()
    """Where the check fails: tokens of the valid numbers one substitution or one swap away."""


class Account(msgspec.Struct, frozen=True, omit_defaults=True):
    """An account, wallet or card, as a token."""

    token: str
    weak: str | None = None
    """Token of the first six and last four digits, where a card number shows them; it may collide."""
    masked: bool = False
    """The source showed only a part of the number, so that `token` itself may collide."""
    last4: str | None = None


class Defect(msgspec.Struct, frozen=True):
    """An optional value that could not be read, or a required one that fails its check; the record was taken."""

    column: str
    reason: str


class Envelope(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who recorded the fact, where from, when and because of what."""

    source: str
    """The system that the record comes from."""
    county: str
    """Six digits; every read table starts with it."""
    recorded_at: datetime
    """When the ledger took it (with zone); the business time is a field of the record."""
    actor: str
    """Who handed it in: a user, or the name of a process."""
    causation: str
    """The stream of the event that this one came from: the file, or the message."""
    correlation: str
    """One id for everything done in one command."""


class Fact(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A record of one type as an event; subclasses are generated from the contract."""

    envelope: Envelope


CONTENT_ENDS = (b',"changed_at":', b',"envelope":')
"""What follows the content of a stored fact: JSON strings escape their quotes, so neither occurs inside it."""


def content_of(state: bytes) -> bytes:
    """Return the part of a stored fact's state that says what happened: all fields and extra, no envelope."""
    for mark in CONTENT_ENDS:
        cut = state.rfind(mark)
        if cut >= 0:
            return state[:cut]
    return state
