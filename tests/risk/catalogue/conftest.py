"""A sound rule in a folder of its own, which each test breaks in one place; and a world that a test may fill."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from risk.catalogue.checks.catalogue import check_catalogue
from risk.catalogue.example_rows import ExampleWorld
from risk.catalogue.examples import shared_world
from risk.catalogue.issue import Issue
from risk.catalogue.lock import accept
from risk.catalogue.rule import MalformedRule, read_rule

CARD = """\
id = "X01"
version = 1
status = "active"
category = "pocketed-cash"
severity = "high"
subject = "collector"
addressee = "township"
alone = true
family = "register-payment"
title = { zh = "收现不缴", en = "Cash not paid" }
why = { zh = "严禁收取现金不进行缴费。", en = "Cash taken must be paid in." }
basis = [{ law = "Y 29", text_zh = "收缴的现金要做到日清日结" }]
needs = ["cash-receipts", "payments"]
policy = ["tariff"]
clears = { zh = "当日缴费", en = "A payment the same day" }
check = { zh = "核对台账", en = "Compare the register" }
reason = { zh = "{lines} 笔共 {amount_at_risk_fen} 元", en = "{lines} lines, {amount_at_risk_fen} by {as_of}" }

[[parameters]]
name = "days"
value = 3
unit = "day"
range = [1, 30]
note = { zh = "未缴天数", en = "days open" }

[[innocent]]
id = "paid"
zh = "本人已缴"
en = "paid by the payer"
proof = { zh = "缴费凭证", en = "the payment's receipt" }
handled = "excluded"
"""
QUERY = """\
-- one row per collector, fee and fee year with cash not paid
WITH unpaid AS ( -- register lines without a payment
    SELECT c.county, c.event_id, c.collector_id, c.township, c.fee, c.fee_year, c.amount_fen, c.received_on
    FROM cash_receipts AS c
    LEFT JOIN payments AS p
        ON p.county = c.county AND p.payer = c.payer AND p.fee = c.fee AND p.fee_year = c.fee_year
    WHERE p.event_id IS NULL AND datediff('day', c.received_on, $as_of) >= $days
)
SELECT
    county, 'high' AS severity, 'collector' AS subject_type, collector_id AS subject_id, min(township) AS township,
    CAST(NULL AS VARCHAR) AS village, fee, fee_year, CAST(sum(amount_fen) AS BIGINT) AS amount_at_risk_fen,
    CAST(count(*) AS DOUBLE) AS measure, CAST($days AS DOUBLE) AS threshold, min(received_on) AS occurred_on,
    list_sort(list(DISTINCT event_id)) AS evidence,
    {'lines': count(*), 'first_on': min(received_on)} AS details
FROM unpaid
GROUP BY county, collector_id, fee, fee_year
"""
EXAMPLES = """\
as_of = "2026-01-10"

[[example]]
name = "cash_never_paid_fires"
kind = "fires"
[[example.rows.cash_receipts]]
record_id = "R1"
payer = "p1"
fee = "resident-medical"
fee_year = 2026
amount_fen = 40000
received_at = "2025-10-03 10:00"
collector_id = "c1"
division = "653123200200"
[[example.findings]]
subject_id = "c1"
township = "653123200"
amount_at_risk_fen = 40000
occurred_on = 2025-10-03
evidence = ["cash-receipts:t:R1@1"]
details = { lines = 1 }

[[example]]
name = "cash_paid_does_not_fire"
kind = "innocent"
explains = "paid"
based_on = "cash_never_paid_fires"
[example.rows]
payments = [{ record_id = "P1", payer = "p1", fee = "resident-medical", fee_year = 2026, amount_fen = 40000 }]

[[example]]
name = "three_days_fire"
kind = "threshold-on"
of = "days"
based_on = "cash_never_paid_fires"
[example.rows]
cash_receipts = [{ record_id = "R1", received_at = "2026-01-07 10:00" }]
[[example.findings]]
subject_id = "c1"

[[example]]
name = "two_days_do_not_fire"
kind = "threshold-beyond"
of = "days"
based_on = "cash_never_paid_fires"
[example.rows]
cash_receipts = [{ record_id = "R1", received_at = "2026-01-08 10:00" }]
"""


class Folder:
    """A folder of rules with one sound rule in it."""

    def __init__(self, root: Path) -> None:
        self.rules = root / "rules"
        self.views = root / "views"
        self.rule = self.rules / "X01_cash_not_paid"
        self.views.mkdir(parents=True)
        self.write(self.rule)
        accept(read_rule(self.rule))

    def write(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        for name, text in (("rule.toml", CARD), ("rule.sql", QUERY), ("examples.toml", EXAMPLES)):
            (folder / name).write_text(text, "utf-8")

    def change(self, file: str, old: str, new: str, *, accepted: bool = True) -> None:
        path = self.rule / file
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), "utf-8")
        if accepted and (self.rule / "rule.lock").exists():
            (self.rule / "rule.lock").unlink()
            with suppress(MalformedRule):
                accept(read_rule(self.rule))

    def issues(self) -> list[Issue]:
        return check_catalogue(self.rules, self.views)

    def found(self) -> list[tuple[str, int, str]]:
        return [(issue.file.name, issue.line, issue.check) for issue in self.issues()]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


@pytest.fixture
def broken(folder: Folder) -> Callable[[str, str, str], list[tuple[str, int, str]]]:
    """Return what changes one text in one file of the sound rule and tells the issues: file, line, check."""

    def change(file: str, old: str, new: str) -> list[tuple[str, int, str]]:
        folder.change(file, old, new)
        return folder.found()

    return change


@pytest.fixture
def world() -> Iterator[ExampleWorld]:
    """Give the world that examples share, empty, and take back what the test puts there."""
    shared = shared_world()
    shared.connection.execute("BEGIN")
    yield shared
    shared.connection.execute("ROLLBACK")
