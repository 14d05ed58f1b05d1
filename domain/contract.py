"""Every record type that the service takes in, by name. Generated from domain/contracts by mingzhang.generate; do not edit."""

from __future__ import annotations

from domain.form import Field, RecordType
from domain.records import assessments
from domain.records import cash_receipts
from domain.records import collectors
from domain.records import complaints
from domain.records import control_totals
from domain.records import data_queries
from domain.records import divisions
from domain.records import duty_acts
from domain.records import entitlements
from domain.records import fund_transfers
from domain.records import households
from domain.records import office_reports
from domain.records import payment_voids
from domain.records import payments
from domain.records import pos_transactions
from domain.records import receipt_books
from domain.records import refunds
from domain.records import rosters
from domain.records import status_changes
from domain.records import terminals
from domain.records import treasury_statements
from domain.records import whitelist

RECORD_TYPES: dict[str, RecordType] = {
    "payments": payments.CONTRACT,
    "payment-voids": payment_voids.CONTRACT,
    "refunds": refunds.CONTRACT,
    "pos-transactions": pos_transactions.CONTRACT,
    "cash-receipts": cash_receipts.CONTRACT,
    "rosters": rosters.CONTRACT,
    "collectors": collectors.CONTRACT,
    "terminals": terminals.CONTRACT,
    "entitlements": entitlements.CONTRACT,
    "treasury-statements": treasury_statements.CONTRACT,
    "status-changes": status_changes.CONTRACT,
    "households": households.CONTRACT,
    "receipt-books": receipt_books.CONTRACT,
    "whitelist": whitelist.CONTRACT,
    "assessments": assessments.CONTRACT,
    "divisions": divisions.CONTRACT,
    "complaints": complaints.CONTRACT,
    "duty-acts": duty_acts.CONTRACT,
    "data-queries": data_queries.CONTRACT,
    "fund-transfers": fund_transfers.CONTRACT,
    "office-reports": office_reports.CONTRACT,
    "control-totals": control_totals.CONTRACT,
}

__all__ = ["RECORD_TYPES", "Field", "RecordType"]
