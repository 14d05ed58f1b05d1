"""Reads domain/contracts/*.yaml into described fields; what the YAML leaves to be understood stands here as tables."""

from __future__ import annotations

from pathlib import Path

import msgspec
import yaml

IDENTITY_COLUMNS = {"id_number": "person"}
NAMES = {"payer_name", "name", "first_taker"}
ACCOUNTS = {"payer_account", "refund_account", "card", "own_accounts"}
SEALED_TEXT = {"phone", "address", "reporter", "text", "result"}
SEALED_BY_TYPE = {
    ("payment-voids", "reason"),
    ("whitelist", "reason"),
    ("office-reports", "reason"),
    ("data-queries", "about"),
}
NOT_PEOPLE = {"divisions"}
TERMS = {"due_on", "valid_until"}
OWN_DATE = {
    "payments": "paid_at", "payment-voids": "voided_at", "refunds": "refunded_at", "pos-transactions": "occurred_at",
    "cash-receipts": "received_at", "rosters": "listed_on", "collectors": "appointed_on", "terminals": "installed_on",
    "entitlements": "recorded_on", "treasury-statements": "received_on", "status-changes": "effective_on",
    "households": "valid_from", "receipt-books": "issued_on", "whitelist": "agreed_on", "assessments": "assessed_on",
    "divisions": "valid_from", "complaints": "received_on", "duty-acts": "done_on", "data-queries": "raised_on",
    "fund-transfers": "due_on", "office-reports": "received_on", "control-totals": "day",
}  # fmt: skip
SINGULAR = {"whitelist": "whitelist-entry", "data-queries": "data-query"}


class FieldSpec(msgspec.Struct, frozen=True):
    """A field as the YAML has it."""

    type: str
    required: bool = False
    personal: bool = False
    zh: tuple[str, ...] = ()
    values: tuple[str, ...] | str = ()
    default: str | int | bool | None = None
    of: str = ""


class RecordSpec(msgspec.Struct, frozen=True):
    """A record type as the YAML has it."""

    zh: str
    fields: dict[str, FieldSpec]


class FeeSpec(msgspec.Struct, frozen=True):
    """A fee as the YAML has it."""

    zh: tuple[str, ...]
    lead: str | tuple[str, ...]
    assess: str | tuple[str, ...]
    tariff: str
    cash: bool
    arrears: str = "none"
    window: dict[str, str | bool] | None = None
    audited_by: str | None = None
    approved_by: str | None = None
    source_check: str | None = None
    entrusted: bool = False


class Contracts(msgspec.Struct, frozen=True):
    """All of domain/contracts, typed."""

    records: dict[str, RecordSpec]
    values: dict[str, dict[str, tuple[str, ...]]]
    fees: dict[str, FeeSpec]
    tariffs: dict[str, dict[str, float | tuple[int, ...]]]
    """Fee to fee year to yuan, or to its tiers under `tiers`."""
    fiscal_shares: dict[str, dict[str, float]]
    duties: dict[str, dict[str, object]]

    def chinese_values(self, record: str, field: str) -> dict[str, str]:
        """Return Chinese name to value of an enum field."""
        if self.records[record].fields[field].values == "fees.yaml":
            return {zh: fee for fee, spec in self.fees.items() for zh in spec.zh}
        names = self.values.get(f"{record}.{field}") or self.values.get(field, {})
        allowed = self.records[record].fields[field].values
        return {zh: value for value, chinese in names.items() if value in allowed for zh in chinese}

    def values_of(self, record: str, field: str) -> tuple[str, ...]:
        """Return the values that an enum field may take."""
        values = self.records[record].fields[field].values
        return tuple(self.fees) if isinstance(values, str) else values


def stands(record: str, name: str, spec: FieldSpec) -> str:
    """Return how the field's value stands in the ledger: plain, identity, name, account or sealed."""
    if spec.type == "identity":
        return "identity"
    if name in ACCOUNTS:
        return "account"
    if name in NAMES and record not in NOT_PEOPLE:
        return "name"
    if name in SEALED_TEXT or (record, name) in SEALED_BY_TYPE:
        return "sealed"
    return "plain"


def column(name: str, spec: FieldSpec) -> str:
    """Return the field's name in the event and the read table."""
    if spec.type == "identity":
        return IDENTITY_COLUMNS.get(name, name.removesuffix("_id"))
    return f"{name}_fen" if spec.type == "money" else name


def singular(record: str) -> str:
    """Return the record type's name for one record: payment of payments."""
    return SINGULAR.get(record, record.removesuffix("s"))


def load(folder: Path) -> Contracts:
    """Read the four contract files; msgspec.ValidationError where one has an unknown form."""
    read = {
        name: yaml.safe_load((folder / f"{name}.yaml").read_text(encoding="utf-8"))
        for name in ("records", "values", "fees", "duties")
    }
    tariffs = read["fees"].pop("tariffs")
    shares = tariffs.pop("fiscal_share")
    tariffs = {fee: {str(key): value for key, value in by.items()} for fee, by in tariffs.items()}
    return msgspec.convert(
        {
            "records": read["records"], "values": read["values"], "fees": read["fees"],
            "tariffs": tariffs, "fiscal_shares": shares, "duties": read["duties"],
        },
        Contracts,
        strict=False,
    )  # fmt: skip
