"""A case file for discipline inspection: what is handed over about one subject, and whether it says who that is."""

from __future__ import annotations

from datetime import date

import msgspec

from ledger.merkle.printed import Printed


class Shown(msgspec.Struct, frozen=True):
    """That personal data stand in clear, since somebody asked for it with a reason; the look itself is an event."""

    by: str
    on: date
    reason: str


class Happened(msgspec.Struct, frozen=True):
    """One line of the chronology."""

    on: date
    what: str
    source: str = ""
    """From which record or paper."""
    event_id: str = ""
    clock: str = ""
    """Time of the day, where it is known."""


class Step(msgspec.Struct, frozen=True):
    """Where a sum was at one stage: the day, the amount, the record."""

    on: date
    amount_fen: int
    record: str = ""


class Money(msgspec.Struct, frozen=True, kw_only=True):
    """One sum on its way: 收据, 缴费, 入库, 权益; None where nothing was met."""

    about: str
    """Whose, for what: masked or in clear, as the paper is."""
    receipt: Step | None
    payment: Step | None
    posting: Step | None
    entitlement: Step | None
    explained: str = ""
    """Why a stage is lawfully missing or late; then it is not marked."""


class Basis(msgspec.Struct, frozen=True):
    """A rule that fired, and the article that it rests on."""

    rule: str
    title: str
    law: str
    words: str
    """The words of the article."""


class Said(msgspec.Struct, frozen=True):
    """An answer of the township, or what somebody decided about it."""

    on: date
    who: str
    what: str
    """自查反馈, 复核, 抽查, …"""
    result: str
    statement: str = ""


class EvidenceEvent(msgspec.Struct, frozen=True):
    """A record in the ledger that the case rests on."""

    event_id: str
    kind: str
    """Record type in Chinese."""
    record_id: str
    position: int | None = None
    """Its number in the log; None where it is not sealed yet."""


class Attached(msgspec.Struct, frozen=True):
    """A paper that goes with the case, by the hash of its content."""

    name: str
    sha256: str
    size: int


class Referral(msgspec.Struct, frozen=True, kw_only=True):
    """The case file; names, numbers and texts are masked or in clear already, and `shown` says which."""

    referral_id: str
    number: str
    """英税移〔2026〕3号."""
    sender: str
    addressee: str
    on: date
    grounds: str
    """The article by which it is handed over."""
    subject: tuple[tuple[str, str], ...]
    """What is known of whom it is about: 姓名, 证件号码, 职务, 单位, …"""
    shown: Shown | None = None
    summary: str
    amount_fen: int
    severity: str
    chronology: tuple[Happened, ...] = ()
    money: tuple[Money, ...] = ()
    basis: tuple[Basis, ...] = ()
    said: tuple[Said, ...] = ()
    evidence: tuple[EvidenceEvent, ...] = ()
    attached: tuple[Attached, ...] = ()
    prepared_by: str = ""
    approved_by: str = ""
    """Somebody else than who prepared it."""
    printed: Printed | None = None
