"""The quarantine from refusal to release or dismissal: listed, exported, corrected, taken in, listed no longer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from domain.intake import RecordReleased, RefusalDismissed
from domain.records.cash_receipts import CashReceiptRecorded
from domain.records.payments import PaymentRecorded
from ledger.home import Home
from tests.county import data_folder, number, payment
from tests.program import quarantined, run


def test_a_refused_row_is_listed_exported_corrected_and_becomes_an_event(tmp_path: Path) -> None:
    home, out = tmp_path / "home", tmp_path / "out"
    rows = [payment("P1"), payment("P2", 2, amount="4e2"), payment("P3", 3, amount="-1"), payment("P4", 4, payer_id="")]
    assert run("ingest", data_folder(tmp_path / "data", payments=rows), "--home", home).code == 1

    listed = [json.loads(line) for line in run("quarantine", "list", "--json", "--home", home).out.splitlines()]
    assert [
        (row["type"], row["file"], row["line"], row["record_id"], row["column"], row["value"]) for row in listed
    ] == [
        ("payments", "payments.csv", 3, "P2", "amount", "4e2"),
        ("payments", "payments.csv", 4, "P3", "amount", "-1"),
        ("payments", "payments.csv", 5, "P4", "payer_id", ""),
    ]
    assert run("quarantine", "export", "--out", out, "--home", home).code == 0
    assert [int(line["line"]) for line in quarantined(out, "payments")] == [3, 4, 5]

    release = ("--as", "clerk", "quarantine", "release", "payments.csv", "3", "--home", home)
    because = ("--reason", "paper register, page 7")
    refused_again = run(*release, "--set", "amount=5e2", *because)
    assert (refused_again.code, "Traceback" in refused_again.err) == (2, False)
    done = run(*release, "--set", "amount=400", *because)
    assert (done.code, done.out.strip()) == (0, "payments:tax-core:P2")

    left = [json.loads(line)["line"] for line in run("quarantine", "list", "--json", "--home", home).out.splitlines()]
    assert left == [4, 5]
    screened = run("screen", "--home", home, "--out", out)
    assert screened.code == 0, screened.err
    assert [int(line["line"]) for line in quarantined(out, "payments")] == [4, 5]

    opened = Home.open(home)
    (fact,) = opened.ledger.versions([done.out.strip()])[done.out.strip()]
    event = opened.ledger.event(fact)
    assert isinstance(event, PaymentRecorded)
    assert (event.amount_fen, event.envelope.actor) == (40000, "clerk")
    (released,) = [row for row in opened.ledger.of_type("refused") if row.version == 2]
    note = opened.ledger.event(released)
    assert isinstance(note, RecordReleased)
    assert (note.taken_as, note.note) == (done.out.strip(), "paper register, page 7")
    opened.close()


def test_the_list_is_whole_and_says_what_was_taken_in_since(tmp_path: Path) -> None:
    home = tmp_path / "home"
    rows = [payment("P1"), payment("P2", 2, amount="4e2"), payment("P3", 3, amount="-1")]
    run("ingest", data_folder(tmp_path / "data", payments=rows), "--home", home)
    run("ingest", data_folder(tmp_path / "again", payments=[payment("P2", 2)]), "--home", home)
    listed = run("quarantine", "list", "--home", home).out.splitlines()
    assert [(line.split("\t")[2], line.endswith("taken in since")) for line in listed] == [("P2", True), ("P3", False)]
    assert len(run("quarantine", "list", "--json", "--home", home).out.splitlines()) == len(listed)


REGISTER = (
    "某村2026年度现金征缴登记台账,,,,,,\n代收人：古丽,,,台账页码：1-1,,,\n"
    "序号,缴费人姓名,身份证号码,养老（元）,医疗（元）,收取时间,所属村\n1,阿迪力,{number},200,400,{day},653123100201\n"
)


def test_a_line_of_two_insurances_is_listed_and_released_as_two_records(tmp_path: Path) -> None:
    home, folder = tmp_path / "home", data_folder(tmp_path / "data")
    text = REGISTER.format(number=number(1), day="10月21日")
    (folder / "cash-receipts.csv").write_text(text, encoding="utf-8")
    assert run("ingest", folder, "--home", home).code == 1
    listed = [json.loads(line) for line in run("quarantine", "list", "--json", "--home", home).out.splitlines()]
    ids = [f"653123100201-1-1-1-1-resident-{insurance}" for insurance in ("pension", "medical")]
    assert [(row["line"], row["record_id"]) for row in listed] == [(4, ids[0]), (4, ids[1])]

    release = ("--as", "clerk", "quarantine", "release", "cash-receipts.csv", "4", "--home", home)
    because = ("--set", "received_at=2025-10-21", "--reason", "the paper register")
    taken = [run(*release, *because).out.strip() for _ in listed]
    assert [stream.rsplit(":", 1)[1] for stream in taken] == ids
    assert run("quarantine", "list", "--home", home).out == ""
    with Home.open(home) as opened:
        facts = [opened.ledger.event(*versions) for versions in opened.ledger.versions(taken).values()]
    assert sorted(fact.amount_fen for fact in facts if isinstance(fact, CashReceiptRecorded)) == [20000, 40000]

    assert run("ingest", folder, "--home", home).code == 1
    assert run("quarantine", "list", "--home", home).out == ""


def test_an_id_that_two_insurances_of_a_line_share_with_another_person_is_listed_for_each(tmp_path: Path) -> None:
    home = tmp_path / "home"
    for part, (sequence, name) in enumerate(((1, "阿迪力"), (2, "买买提"))):
        folder = data_folder(tmp_path / f"data{part}")
        text = REGISTER.format(number=number(sequence), day="2025-10-21").replace("阿迪力", name)
        (folder / "cash-receipts.csv").write_text(text, encoding="utf-8")
        run("ingest", folder, "--home", home)
    listed = [json.loads(line) for line in run("quarantine", "list", "--json", "--home", home).out.splitlines()]
    assert [row["record_id"].rsplit("-", 1)[1] for row in listed] == ["pension", "medical"]


@pytest.mark.parametrize(
    ("heading", "amount", "person"), [("实缴金额（万元）", "4", ""), ("实缴金额", "400", "653123198001010000")]
)
def test_what_the_reader_could_not_read_is_not_released_by_correcting_something_else(
    tmp_path: Path, heading: str, amount: str, person: str
) -> None:
    home, folder = tmp_path / "home", data_folder(tmp_path / "data")
    head = f"缴费流水号,证件号码,姓名,征收项目,所属年度,{heading},缴费渠道,缴费时间,村社区代码"
    row = f"P1,{person or number(1)},甲,居民医保,2026,{amount},微信,2025-10-10 10:00,653123100201"
    (folder / "payments.csv").write_text(f"{head}\n{row}\n", encoding="utf-8")
    assert run("ingest", folder, "--home", home).code == 1
    release = ("--as", "clerk", "quarantine", "release", "payments.csv", "2", "--home", home, "--reason", "checked")
    assert run(*release, "--set", "payer_name=甲").code == 2
    mended = ("--set", "amount=40000") if not person else ("--set", f"payer_id={number(1)}")
    assert run(*release, *mended).code == 0


def test_a_file_that_cannot_be_read_is_dismissed_with_a_reason_and_waits_no_longer(tmp_path: Path) -> None:
    home, out = tmp_path / "home", tmp_path / "out"
    folder = data_folder(tmp_path / "data", payments=[payment("P1"), payment("P2", 2, amount="-1")])
    (folder / "refunds.xlsx").write_bytes(b"no workbook")
    assert run("ingest", folder, "--home", home).code == 1
    (line,) = [line for line in listed(home) if line["line"] == 0]
    assert line["file"] == "refunds.xlsx"

    dismiss = ("--as", "clerk", "--home", home, "quarantine", "dismiss")
    assert run(*dismiss, "refunds.xlsx", "--reason", " ").code == 2
    assert run(*dismiss, "payments.csv", "--reason", "a refused row is no such file").code == 2
    done = run(*dismiss, "refunds.xlsx", "--reason", "another file came in its place")
    assert (done.code, done.out.startswith("refused:")) == (0, True), done.err
    assert run(*dismiss, "refunds.xlsx", "--reason", "again").code == 2

    assert [line["file"] for line in listed(home)] == ["payments.csv"]
    assert run("ingest", folder, "--home", home).code == 1
    assert [line["file"] for line in listed(home)] == ["payments.csv"]
    assert run("screen", "--home", home, "--out", out).code == 0
    assert quarantined(out, "refunds") == []
    with Home.open(home) as opened:
        (ended,) = [row for row in opened.ledger.of_type("refused") if row.version == 2]
        event = opened.ledger.event(ended)
    assert isinstance(event, RefusalDismissed)
    assert (event.note, event.envelope.actor) == ("another file came in its place", "clerk")
    assert run("project", "--rebuild", "--home", home).code == 0
    assert [line["file"] for line in listed(home)] == ["payments.csv"]


def listed(home: Path) -> list[dict[str, str | int]]:
    return [json.loads(line) for line in run("quarantine", "list", "--json", "--home", home).out.splitlines()]


OWN_WORDS = "payments: {渠道名: channel, channel=云闪付: bank-counter}\n"


def test_a_released_row_is_read_with_the_words_of_the_mapping_that_it_was_handed_in_with(tmp_path: Path) -> None:
    home = tmp_path / "home"
    rows = [payment("P1", channel="云闪付"), payment("P2", 2, channel="云闪付", amount="-1")]
    folder = data_folder(tmp_path / "data", payments=rows)
    (folder / "mapping.yaml").write_text(OWN_WORDS, encoding="utf-8")
    assert run("ingest", folder, "--home", home).code == 1
    (folder / "mapping.yaml").unlink()

    release = ("--as", "clerk", "--home", home, "quarantine", "release", "payments.csv", "3")
    done = run(*release, "--set", "amount=400", "--reason", "paper register, page 7")
    assert (done.code, done.out.strip()) == (0, "payments:tax-core:P2"), done.err
    with Home.open(home) as opened:
        facts = [opened.ledger.event(*opened.ledger.versions([f"payments:tax-core:P{n}"]).popitem()[1]) for n in (1, 2)]
    assert [fact.channel for fact in facts if isinstance(fact, PaymentRecorded)] == ["bank-counter"] * 2
    assert len(list((home / "objects").iterdir())) == 1
    assert run("--home", home, "verify").code == 0


def test_a_mapping_that_was_changed_in_the_home_is_found_and_releases_nothing(tmp_path: Path) -> None:
    home = tmp_path / "home"
    folder = data_folder(tmp_path / "data", payments=[payment("P1", channel="云闪付", amount="-1")])
    (folder / "mapping.yaml").write_text(OWN_WORDS, encoding="utf-8")
    assert run("ingest", folder, "--home", home).code == 1
    (kept,) = (home / "objects").iterdir()
    kept.write_bytes(kept.read_bytes().replace(b"bank-counter", b"wechat"))
    release = ("--home", home, "quarantine", "release", "payments.csv", "2", "--set", "amount=400")
    assert run(*release, "--reason", "paper register").code == 3
    assert run("--home", home, "verify").code == 3
