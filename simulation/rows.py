"""The records of the county as it keeps them; a field that holds another record is written as that record's id."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(slots=True, kw_only=True)
class Row:
    """A record: its id is given when a township is closed and its records are in time order."""

    record_id: str = ""


@dataclass(slots=True, kw_only=True)
class Slip(Row):
    """A numbered receipt of a book; it is no record type of its own, its number is its id."""

    collector_id: str
    torn_at: datetime
    state: str = "used"
    book: Row = field(default_factory=Row)


@dataclass(slots=True, kw_only=True)
class PosTransaction(Row):
    """A line of the acquirer's log."""

    terminal_id: str
    merchant_id: str
    kind: str
    amount: int
    card: str
    card_kind: str
    issuer: str
    cardholder_id: str
    occurred_at: datetime
    settled_on: date | None
    trace_no: str
    response_code: str = "00"
    entry_mode: str = "chip"
    original_id: PosTransaction | None = None
    location: str = ""


@dataclass(slots=True, kw_only=True)
class Payment(Row):
    """Money taken into the tax system."""

    payer_id_type: str = "resident-id"
    payer_id: str
    payer_name: str
    fee: str
    fee_year: int
    tier: int | None = None
    amount: int
    channel: str
    paid_at: datetime
    posted_on: date | None
    division: str
    collector_id: str = ""
    terminal_id: str = ""
    pos_reference: PosTransaction | None = None
    assessment_id: str = ""
    receipt_no: Slip | None = None
    treasury_account: str
    payer_account: str = ""
    paid_by_id: str = ""


@dataclass(slots=True, kw_only=True)
class PaymentVoid(Row):
    """A payment reversed before it was posted."""

    payment_id: Payment
    voided_at: datetime
    reason: str
    operator_id: str


@dataclass(slots=True, kw_only=True)
class Refund(Row):
    """Money paid back by an insurance office."""

    payment_id: Payment
    payer_id: str
    payer_name: str
    fee: str
    fee_year: int
    amount: int
    reason: str
    approved_on: date
    refunded_at: datetime
    listed_on: date
    refund_account: str
    account_holder_id: str
    collector_id: str = ""


@dataclass(slots=True, kw_only=True)
class CashReceipt(Row):
    """A line of the cash collection register."""

    payer_id: str
    payer_name: str
    fee: str
    fee_year: int
    amount: int
    received_at: datetime
    collector_id: str
    division: str
    receipt_no: Slip | None
    payer_signed: bool = True
    collector_signed: bool = True
    village_signed: bool = True
    village_signatory_id: str
    persons: int = 1
    proof_given: bool = True
    remitted_on: date | None = None
    payment_id: Payment | None = None
    submitted_on: date | None
    page: str = ""
    first_taker: str = ""
    handed_over_on: date | None = None


@dataclass(slots=True, kw_only=True)
class RosterLine(Row):
    """Who has to pay, and how much of it the treasury pays."""

    payer_id: str
    payer_name: str
    fee: str
    fee_year: int
    division: str
    category: str
    amount_due: int
    fiscal_share: int
    listed_on: date
    phone: str
    address: str


@dataclass(slots=True, kw_only=True)
class Collector(Row):
    """Who may collect, where, and since when."""

    name: str
    id_number: str
    role: str
    division: str
    appointed_on: date
    relieved_on: date | None = None
    phone: str = ""
    duties: str = ""
    announced_on: date | None = None
    publicised_on: date | None = None
    own_accounts: str = ""


@dataclass(slots=True, kw_only=True)
class Terminal(Row):
    """A dedicated terminal and its keeper."""

    merchant_id: str
    division: str
    collector_id: str
    installed_on: date
    withdrawn_on: date | None = None
    location: str


@dataclass(slots=True, kw_only=True)
class Entitlement(Row):
    """What an insurance office recorded for a person."""

    payment_id: Payment
    payer_id: str
    fee: str
    fee_year: int
    amount: int
    recorded_on: date
    reversed_on: date | None = None


@dataclass(slots=True, kw_only=True)
class StatusChange(Row):
    """What a department reports of a person."""

    payer_id: str
    change: str
    category: str = ""
    effective_on: date
    notified_on: date
    department: str


@dataclass(slots=True, kw_only=True)
class HouseholdMember(Row):
    """One person's line in the household register."""

    household_no: str
    payer_id: str
    relation: str
    division: str
    valid_from: date
    valid_to: date | None = None


@dataclass(slots=True, kw_only=True)
class ReceiptBook(Row):
    """Numbered receipts handed to a collector."""

    collector_id: str
    first_no: str
    last_no: str
    issued_on: date
    returned_on: date | None
    voided: str


@dataclass(slots=True, kw_only=True)
class WhitelistLine(Row):
    """A person whose case the offices have looked at together and explained."""

    payer_id: str
    fee: str
    fee_year: int
    kind: str
    reason: str
    agreed_on: date
    valid_until: date


@dataclass(slots=True, kw_only=True)
class Complaint(Row):
    """What the public reports."""

    received_on: date
    received_by: str
    about: str
    payer_id: str = ""
    collector_id: str = ""
    terminal_id: str = ""
    division: str
    fee: str = ""
    fee_year: int | None = None
    amount: int | None = None
    reporter: str = ""
    text: str


@dataclass(slots=True, kw_only=True)
class DataQuery(Row):
    """Defective data sent back and answered."""

    payer_id: str = ""
    fee: str = ""
    about: str
    received_on: date
    raised_on: date
    forwarded_to: str = ""
    forwarded_on: date | None = None
    confirmed_on: date | None = None
    answered_on: date | None = None
    result: str = ""
