"""Taking a file in, from CSV to ledger, against DuckDB read_csv with the same checks in SQL."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from benchmarks.measure import Compared, compare
from intake.ingest import Intake
from ledger.home import Home

CHECKS = """
CREATE OR REPLACE TABLE checked AS
SELECT record_id, payer_id, payer_name, fee, try_cast(fee_year AS INTEGER) AS fee_year,
    try_cast(amount AS DECIMAL(15, 2)) AS amount, channel, try_cast(left(paid_at, 19) AS TIMESTAMP) AS paid_at,
    try_cast(posted_on AS DATE) AS posted_on, division, collector_id, terminal_id, pos_reference, receipt_no,
    sha256(payer_id) AS payer, sha256(payer_name) AS name,
    sha256(concat(payer_name, payer_id[7:14])) AS name_birth, sha256(payer_account) AS account
FROM read_csv(?, all_varchar = true, header = true)
WHERE record_id <> '' AND regexp_full_match(amount, '[0-9]+(\\.[0-9]{1,2})?')
    AND regexp_full_match(fee_year, '[0-9]{4}')
    AND regexp_full_match(division, '[0-9]{6}|[0-9]{9}|[0-9]{12}')
    AND regexp_full_match(payer_id, '[0-9]{17}[0-9X]')
    AND channel IN ('wechat', 'alipay', 'e-tax', 'client', 'tax-hall', 'bank-counter', 'bank-batch', 'pos', 'cash',
        'fiscal', 'treasury-link', 'family-account', 'other')
"""


def run(folder: Path, county: Path) -> Compared:
    """Compare both on the county's payments; each of our runs takes them into a new home, the vault included."""
    file = county / "payments.csv"
    with file.open("rb") as lines:
        rows = sum(1 for _ in lines) - 1
    numbers = itertools.count()

    def ours() -> None:
        home = Home.open(folder / f"home-{next(numbers)}")
        Intake(home, actor="benchmark", clock=lambda: datetime.now(UTC)).take(file)
        home.close()

    def theirs() -> None:
        with duckdb.connect() as connection:
            connection.execute(CHECKS, [str(file)])

    return compare("files to ledger", "duckdb read_csv + the same checks and hashes", rows, ours, theirs)
