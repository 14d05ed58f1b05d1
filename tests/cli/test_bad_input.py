"""Bad input through the command line: everything readable is taken, the rest listed with place and reason."""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.cli.files import GARBAGE_BYTES, write_bomb, write_endless_line, write_garbage, write_locked
from tests.county import data_folder, number, payment, receipt, write_csv, write_dataset
from tests.program import Account, Ran, quarantined, run, run_fresh

pytestmark = pytest.mark.xdist_group("bad-input")

PEAK_MB = 450
"""An ordinary screening of a few rows takes 250; garbage of any size may add no more than this."""
MESSY = "record_id,payer_id,payer_name,fee,fee_year,amount,channel,paid_at,division\n"
ROUNDED, SCIENTIFIC = "999901198001010000", "9.99901E+17"


class Screened(NamedTuple):
    """A folder of bad files, screened."""

    data: Path
    out: Path
    ran: Ran
    account: Account


def make_bad_folder(data: Path) -> None:
    data_folder(data, households=[{"record_id": "H1", "household_no": "1", "payer_id": number(1)}])
    rows = [
        payment("A1"), payment("A2", amount="4e2"), payment("A3", amount="４００"), payment("A4", amount="-400"),
        payment("A5", amount="400.005"), payment("A6", payer_id=SCIENTIFIC), payment("A7", payer_id=ROUNDED),
        payment("A8", paid_at="2015-11-03 10:00:00"), payment("A9", paid_at="2035-11-03 10:00:00"),
    ]  # fmt: skip
    write_csv(data / "payments.csv", rows)
    write_garbage(data / "payments-1.csv")
    write_endless_line(data / "payments-2.csv", MESSY.encode())
    write_garbage(data / "payments-3.csv", MESSY.encode(), 1_000_000)
    write_bomb(data / "rosters.xlsx")
    write_locked(data / "collectors.xlsx")
    line = ",".join(receipt("R1")) + "\n"
    (data / "cash-receipts.csv").write_bytes(codecs.BOM_UTF16_LE + line.encode("utf-16-le"))
    (data / "refunds.csv").write_bytes(b"")
    (data / "entitlements.csv").write_text(
        "record_id,payer_id,fee,fee_year,amount,amount,recorded_on\n"
        f"E1,{number(1)},resident-medical,2026,400,400,2025-11-05\n"
        f"E2,{number(2)},resident-medical,2026,400,300,2025-11-05\n",
        encoding="utf-8",
    )
    (data / "whitelist.csv").mkdir()
    (data / "complaints.csv").symlink_to(data / "nowhere.csv")
    (data / "divisions.parquet").write_bytes(b"PAR1" + bytes(100) + b"PAR1")
    (data / "terminals.csv").write_text("record_id,division,installed_on\nQ1,653123100201,2023-01-01\n")
    (data / "terminals.csv").chmod(0o000)
    (data / "notes.txt").write_text("x")


@pytest.fixture(scope="module")
def screened(tmp_path_factory: pytest.TempPathFactory) -> Screened:
    folder = tmp_path_factory.mktemp("bad")
    make_bad_folder(folder / "data")
    ran = run_fresh("screen", folder / "data", "--out", folder / "out", bound=True)
    assert (ran.code, "Traceback" in ran.err) == (1, False), ran.err[-3000:]
    return Screened(folder / "data", folder / "out", ran, Account(folder / "out"))


UNREADABLE = {
    "payments-1.csv": "payments", "rosters.xlsx": "rosters", "collectors.xlsx": "collectors",
    "cash-receipts.csv": "cash-receipts", "refunds.csv": "refunds", "whitelist.csv": "whitelist",
    "complaints.csv": "complaints", "divisions.parquet": "divisions", "terminals.csv": "terminals",
}  # fmt: skip
REASONS = {
    "payments-1.csv": "no heading", "rosters.xlsx": "573 MiB, above the limit", "collectors.xlsx": "password",
    "cash-receipts.csv": "UTF-16", "refunds.csv": "empty", "whitelist.csv": "no file but a folder",
    "complaints.csv": "no file but a folder or a dead link", "divisions.parquet": "damaged",
    "terminals.csv": "Permission denied",
}  # fmt: skip


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_file_that_cannot_be_read_at_all_is_one_line_with_line_0_and_the_reason(
    screened: Screened, name: str
) -> None:
    (line,) = [line for line in quarantined(screened.out, UNREADABLE[name]) if line["file"] == name]
    assert (line["line"], line["record_id"], line["column"], line["value"]) == ("0", "", "", "")
    assert REASONS[name] in line["reason_en"]
    assert line["reason_zh"]
    account = screened.account.file(name)
    assert (account["unreadable"], account["read"], account["quarantined"]) == (1, 0, 0)


def test_amounts_and_rounded_numbers_are_refused_each_with_its_line_column_and_reason(screened: Screened) -> None:
    lines = [line for line in quarantined(screened.out, "payments") if line["file"] == "payments.csv"]
    money = "an amount in yuan expected, not negative, at most two decimals, such as 400 or 400.00"
    found = [(line["line"], line["record_id"], line["column"], line["value"]) for line in lines]
    assert found == [
        ("3", "A2", "amount", "4e2"), ("5", "A4", "amount", "-400"), ("6", "A5", "amount", "400.005"),
        ("7", "A6", "payer_id", "9.9****E+17"), ("8", "A7", "payer_id", "999***********0000"),
    ]  # fmt: skip
    assert [line["reason_en"] for line in lines[:3]] == [money] * 3
    assert all("rounded" in line["reason_en"] and "四舍五入" in line["reason_zh"] for line in lines[3:])
    account = screened.account.file("payments.csv")
    assert [account[name] for name in ("read", "appended", "repeated", "amended", "quarantined")] == [9, 4, 0, 0, 5]


def test_dates_ten_years_old_or_ahead_do_not_move_the_day_of_the_screening(screened: Screened) -> None:
    assert screened.account.as_of == "2025-11-04"


def test_garbage_below_a_heading_is_counted_row_by_row_and_a_line_without_end_is_one_refused_row(
    screened: Screened,
) -> None:
    endless = screened.account.file("payments-2.csv")
    assert [endless[name] for name in ("read", "quarantined")] == [1, 1]
    (line,) = [line for line in quarantined(screened.out, "payments") if line["file"] == "payments-2.csv"]
    assert (line["line"], line["value"]) == ("2", "")
    assert "too long" in line["reason_en"]
    garbage = screened.account.file("payments-3.csv")
    rows = sum(line["file"] == "payments-3.csv" for line in quarantined(screened.out, "payments"))
    assert garbage["read"] == garbage["quarantined"] == rows > 100


def test_repeated_headings_that_agree_are_taken_and_those_that_differ_refuse_the_row(screened: Screened) -> None:
    (line,) = quarantined(screened.out, "entitlements")
    assert (line["line"], line["record_id"], line["column"], line["value"]) == ("3", "E2", "amount", "400 / 300")
    assert screened.account.file("entitlements.csv")["appended"] == 1


def test_all_files_are_accounted_for_and_good_rows_beside_bad_ones_are_taken(screened: Screened) -> None:
    listed = {str(file["name"]) for file in screened.account.files} | set(screened.account.unknown_files)
    assert listed == {path.name for path in screened.data.iterdir()} - {"dataset.yaml"}
    assert screened.account.unknown_files == ["notes.txt"]
    assert screened.account.file("households.csv")["appended"] == 1
    for record_type, counts in screened.account.records.items():
        assert counts["quarantined"] + counts["unreadable"] == len(quarantined(screened.out, record_type))


def test_memory_stays_bounded_whatever_the_garbage(screened: Screened) -> None:
    assert (screened.data / "payments-2.csv").stat().st_size > GARBAGE_BYTES
    assert screened.ran.peak_mb < PEAK_MB


@pytest.mark.parametrize("with_dataset", [False, True])
def test_a_folder_without_records_ends_well_with_empty_results(tmp_path: Path, *, with_dataset: bool) -> None:
    data = tmp_path / "data"
    data.mkdir()
    if with_dataset:
        write_dataset(data)
    ran = run("screen", data, "--out", tmp_path / "out", "--as-of", "2026-01-20")
    assert ran.code == 0, ran.err
    account = Account(tmp_path / "out")
    assert (tmp_path / "out" / "suspicions.jsonl").read_bytes() == b""
    assert account.county == ("653123" if with_dataset else "000000")
    assert account.files == []
    assert set(account.rules.values()) <= {"none"} | {
        text for text in account.rules.values() if "not-enough-data" in text
    }
    assert all(text.startswith("not-enough-data: ") for rule, text in account.rules.items() if rule in ("A01", "B01"))


def test_missing_types_say_in_run_json_what_a_rule_lacks(screened: Screened) -> None:
    lacking = screened.account.rules["A01"]
    assert lacking.startswith("not-enough-data: ")
    assert "cash-receipts" in lacking
