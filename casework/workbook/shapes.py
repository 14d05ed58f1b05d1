"""Which columns of each record type a clerk needs to find the record: one shape per type that may stand as evidence."""

from __future__ import annotations

import msgspec


class Shape(msgspec.Struct, frozen=True):
    """Column names of a record type's table; "" where the type has no such column."""

    on: str
    """The day that dates the record."""
    amount: str = ""
    fee: str = ""
    person: str = ""
    person_name: str = ""
    collector: str = ""
    receipt: str = ""
    account: str = ""
    place: str = ""
    """The finest division code."""
    township: str = ""
    notes: tuple[str, ...] = ()
    """Contract fields worth a remark, printed with their Chinese heading."""


_PLACED = {"place": "coalesce(village, township, division)", "township": "township"}

SHAPES: dict[str, Shape] = {
    "payments": Shape(
        "paid_on",
        amount="amount_fen",
        fee="fee",
        person="payer",
        person_name="payer_name",
        collector="collector_id",
        receipt="receipt_no",
        account="payer_account",
        notes=("channel", "posted_on", "terminal_id", "pos_reference"),
        **_PLACED,
    ),
    "payment-voids": Shape("voided_on", notes=("payment_id", "operator_id")),
    "refunds": Shape(
        "refunded_on",
        amount="amount_fen",
        fee="fee",
        person="payer",
        person_name="payer_name",
        collector="collector_id",
        account="refund_account",
        notes=("payment_id", "reason", "listed_on"),
    ),
    "pos-transactions": Shape(
        "occurred_on",
        amount="amount_fen",
        person="cardholder",
        account="card",
        notes=("terminal_id", "kind", "card_kind", "trace_no", "original_id"),
    ),
    "cash-receipts": Shape(
        "received_on",
        amount="amount_fen",
        fee="fee",
        person="payer",
        person_name="payer_name",
        collector="collector_id",
        receipt="receipt_no",
        notes=("page", "payment_id", "remitted_on", "payer_signed", "collector_signed", "village_signed"),
        **_PLACED,
    ),
    "rosters": Shape(
        "listed_on",
        amount="amount_due_fen",
        fee="fee",
        person="payer",
        person_name="payer_name",
        notes=("category",),
        **_PLACED,
    ),
    "collectors": Shape(
        "appointed_on", person="person", person_name="name", collector="record_id", notes=("role", "relieved_on")
    ),
    "terminals": Shape("installed_on", collector="collector_id", notes=("withdrawn_on",), **_PLACED),
    "entitlements": Shape(
        "recorded_on", amount="amount_fen", fee="fee", person="payer", notes=("payment_id", "reversed_on")
    ),
    "receipt-books": Shape("issued_on", collector="collector_id", notes=("first_no", "last_no", "returned_on")),
    "households": Shape("valid_from", person="payer", notes=("household_no",), **_PLACED),
    "status-changes": Shape("effective_on", person="payer", notes=("change", "department", "notified_on")),
    "whitelist": Shape("agreed_on", fee="fee", person="payer", notes=("kind", "valid_until")),
    "assessments": Shape(
        "assessed_on",
        amount="amount_fen",
        fee="fee",
        person="payer",
        person_name="payer_name",
        notes=("period", "due_on"),
        **_PLACED,
    ),
    "treasury-statements": Shape("received_on", amount="amount_fen", fee="fee", notes=("month", "account", "count")),
    "duty-acts": Shape("done_on", fee="fee", notes=("duty", "department", "period"), **_PLACED),
    "data-queries": Shape("raised_on", fee="fee", person="payer", notes=("forwarded_to", "answered_on")),
    "fund-transfers": Shape("transferred_on", amount="amount_fen", fee="fee", notes=("kind", "due_on")),
    "office-reports": Shape("received_on", amount="amount_fen", fee="fee", notes=("month", "account", "count")),
}
"""Complaints are not here: they never appear in what a township sees."""
YEARLESS = frozenset({"assessments", "treasury-statements", "office-reports", "data-queries"})
"""Types with a fee and no fee year."""
