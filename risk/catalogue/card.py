"""What rule.toml says about a rule: its law, its parameters, its innocent explanations and its sentences."""

from __future__ import annotations

from typing import Literal, get_args

import msgspec

Scalar = bool | int | float | str
Value = Scalar | list[Scalar]

Status = Literal["draft", "trial", "active", "retired"]
Severity = Literal["watch", "low", "medium", "high", "critical"]
GRAVITY: tuple[Severity, ...] = get_args(Severity)
"""Weakest first; a finding's level is its place here. Watch alone raises no suspicion."""
SubjectType = Literal["collector", "terminal", "card", "account", "payer", "village", "fee-account", "office"]
Addressee = Literal["township", "medical-insurance", "human-resources", "treasury", "acquirer", "tax", "discipline"]
Handling = Literal["excluded", "downgraded", "asked"]


class Bilingual(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A text in Chinese and in English."""

    zh: str
    en: str


class Basis(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An article that the rule rests on; `law` as cited (Y 29, Q 2(1)2), `text_zh` its words."""

    law: str
    text_zh: str
    text_en: str = ""


class Parameter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A $name of the SQL with its starting value; `exempt` says why it needs no threshold examples."""

    name: str
    value: Value
    unit: str
    range: tuple[int | float, int | float]
    note: Bilingual
    exempt: Bilingual | None = None


class Innocent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An innocent explanation: what document proves it, what the rule does about it (asked: the data cannot tell)."""

    id: str
    zh: str
    en: str
    proof: Bilingual
    handled: Handling


class Card(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The content of rule.toml."""

    id: str
    version: int
    status: Status
    category: str
    severity: Severity
    """The highest it can give."""
    subject: SubjectType
    addressee: Addressee
    alone: bool
    """Whether a finding may put a subject on a list by itself, or only strengthens."""
    family: str
    """The evidence that it reads; findings of one family are no independent evidence."""
    title: Bilingual
    why: Bilingual
    basis: tuple[Basis, ...]
    reason: Bilingual
    """Sentence templates filled from the finding's row and its details."""
    clears: Bilingual
    check: Bilingual
    """Whom to ask and which paper to look at."""
    condition: Bilingual | None = None
    """When it fires, in one or two plain sentences with the parameters' names in braces."""
    needs: tuple[str, ...] = ()
    """Record types, and fields that some record has to tell (`pos-transactions.card_kind`): else not enough data."""
    partly: tuple[str, ...] = ()
    """Record types without which only a part is judged: the run says so; nothing found is then not enough data."""
    policy: tuple[str, ...] = ()
    """Policy tables likewise."""
    cases: tuple[str, ...] = ()
    """Case tables likewise."""
    parameters: tuple[Parameter, ...] = ()
    innocent: tuple[Innocent, ...] = ()
    exclusions: tuple[Bilingual, ...] = ()
    assumptions: tuple[Bilingual, ...] = ()
