from __future__ import annotations

import json
from pathlib import Path

import pytest

from consumers import metrics
from consumers.consuming import Counts
from domain.fact import content_of
from ledger.home import Home
from tests.county import contents, data_folder, number, payment, receipt, take
from tests.program import quarantined, run
from tests.servers.streams import Sent, Streams, as_value, record

PAYMENTS = "collection.payments"


def events(home: Path) -> set[tuple[str, int, str, bytes]]:
    opened = Home.open(home)
    found = contents(opened)
    opened.close()
    return found


def test_messages_become_the_events_that_the_same_file_becomes(streams: Streams, tmp_path: Path) -> None:
    rows = [payment(f"P{n}", n) for n in range(300)]
    receipts = [receipt(f"R{n}", n) for n in range(50)]
    with_files = Home.open(tmp_path / "files")
    take(with_files, data_folder(tmp_path / "data", payments=rows, cash_receipts=receipts))
    expected = {row for row in contents(with_files) if not row[0].startswith(("file:", "policy:"))}
    with_files.close()
    home = tmp_path / "home"
    home.mkdir()
    (tmp_path / "files" / "keys").rename(home / "keys")
    streams.produce([record("payments", row) for row in rows])
    streams.produce([record("cash-receipts", row, "township-ledger") for row in receipts])
    counts = streams.consume(home)
    assert counts == {"payments": Counts(300, 300), "cash-receipts": Counts(50, 50)}
    assert events(home) == expected


def test_messages_that_the_broker_removed_before_they_were_taken_in_are_told(streams: Streams, tmp_path: Path) -> None:
    home, figures = tmp_path / "home", metrics.streams()
    streams.make(PAYMENTS)
    streams.produce([record("payments", payment(f"P{n}", n)) for n in range(3)])
    streams.consume(home, registry=figures)
    assert figures.value(metrics.DROPPED, topic=PAYMENTS) == 0
    streams.produce([record("payments", payment(f"P{n}", n)) for n in range(3, 8)])
    streams.remove_before(PAYMENTS, 7)
    told = run("consume", "--until-idle", "0.5", "--home", home, env=streams.environment)
    assert "4 messages of collection.payments/0 were removed by Kafka" in told.err
    assert told.out.startswith("payments: read 1 = appended 1")


def test_a_repeat_is_harmless_and_an_amendment_is_taken(streams: Streams, tmp_path: Path) -> None:
    home = tmp_path / "home"
    streams.make(PAYMENTS)
    streams.produce([record("payments", payment("P1"))] * 3 + [record("payments", payment("P1", amount="380.00"))])
    assert streams.consume(home)["payments"] == Counts(4, appended=1, repeated=2, amended=1)
    first = events(home)
    streams.forget_group()
    assert streams.consume(home)["payments"] == Counts(4, repeated=4)
    assert events(home) == first


def test_each_process_counts_the_repeats_that_it_had_in_its_figures_and_its_closing_line(
    streams: Streams, tmp_path: Path
) -> None:
    home, figures = tmp_path / "home", metrics.streams()
    streams.produce([record("payments", payment("P1"))] * 3)
    streams.consume(home, registry=figures)
    assert figures.value(metrics.CONSUMED, type="payments", outcome="repeated") == 2
    streams.forget_group()
    again = run("consume", "--until-idle", "0.5", "--home", home, env=streams.environment)
    assert again.out == "payments: read 3 = appended 0 + repeated 3 + amended 0 + quarantined 0\n"


def test_absent_null_and_empty_are_the_same_and_so_are_text_and_numbers(streams: Streams, tmp_path: Path) -> None:
    row = payment("P1", tier=None, receipt_no="", remark=None)
    same = payment("P1", amount=400, fee_year="2026", contract=1)
    less = {name: value for name, value in payment("P1", amount=400.00, source="tax-core").items() if value}
    streams.produce([record("payments", each) for each in (row, same, less)])
    assert streams.consume(tmp_path / "home")["payments"] == Counts(3, appended=1, repeated=2)


def test_the_value_counts_where_the_key_disagrees(streams: Streams, tmp_path: Path) -> None:
    home = tmp_path / "home"
    streams.produce(
        [
            Sent(PAYMENTS, as_value(payment("P1", source="tax-core")), "other:P9"),
            Sent(PAYMENTS, as_value(payment("P2")), "tax-core:P2"),
            Sent(PAYMENTS, as_value(payment("P3")), None),
            Sent(PAYMENTS, as_value(payment("P4")), "\x00:P4"),
        ]
    )
    assert streams.consume(home)["payments"] == Counts(4, appended=4)
    streams_of_records = {row[0] for row in events(home)}
    assert streams_of_records == {
        "payments:tax-core:P1", "payments:tax-core:P2", "payments:unnamed:P3", "payments:unnamed:P4",
    }  # fmt: skip


REFUSED: dict[str, bytes | None] = {
    "not UTF-8": b'{"record_id":"\xff"}',
    "a lone surrogate": b'{"record_id":"P1","payer_name":"\\ud800"}',
    "no JSON": b"record_id=P1",
    "no object": b"[1]",
    "no value": None,
    "an empty value": b"",
    "no record_id": as_value({**payment(""), "record_id": None}),
    "a control character": as_value(payment("P\n1")),
    "a control character at the end": as_value(payment("P1\n")),
    "deeper than 64": b'{"record_id":"P1","x":' + b"[" * 64 + b"]" * 64 + b"}",
    "very deep": b"[" * 200_000,
    "a number without end": b'{"record_id":"P1","amount":1' + b"0" * 5000 + b"}",
    "a contract to come": as_value(payment("P1", contract=2)),
    "a contract in words": as_value(payment("P1", contract="next")),
    "an amount below 0": as_value(payment("P1", amount=-1)),
    "a channel that is none": as_value(payment("P1", channel="cheque")),
    "a truth value for money": as_value(payment("P1", amount=True)),
    "no amount": as_value(payment("P1", amount="")),
}


def test_what_cannot_be_taken_is_in_quarantine_and_in_the_dead_letters_and_the_rest_goes_on(
    streams: Streams, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    streams.make(PAYMENTS)
    values = list(REFUSED.values())
    streams.produce(
        [record("payments", payment("P0"))]
        + [Sent(PAYMENTS, value, "tax-core:P1") for value in values]
        + [record("payments", payment("P9"))]
    )
    assert streams.consume(home)["payments"] == Counts(len(values) + 2, appended=2, quarantined=len(values))
    letters = streams.read("collection.dead-letter")
    assert [(letter.key, letter.value) for letter in letters] == [
        (f"{PAYMENTS}:0:{offset}", value) for offset, value in enumerate(values, 1)
    ]
    assert {letter.headers["type"] for letter in letters} == {"payments"}
    assert all(letter.headers["reason_en"] for letter in letters)
    listed = run("quarantine", "list", "--json", "--home", home).out.splitlines()
    assert [json.loads(line)["offset"] for line in listed] == list(range(1, len(values) + 1))


def test_each_place_is_in_quarantine_once_however_often_it_comes(streams: Streams, tmp_path: Path) -> None:
    home = tmp_path / "home"
    streams.produce([Sent(PAYMENTS, b"nothing"), Sent(PAYMENTS, b"nothing")])
    for _ in range(3):
        assert streams.consume(home)["payments"].quarantined == 2
        streams.forget_group()
    assert len(events(home)) == 2
    assert len(streams.read("collection.dead-letter")) == 6


def test_the_reason_does_not_depend_on_the_other_messages(streams: Streams, tmp_path: Path) -> None:
    alone = {name: value for name, value in payment("P1").items() if name != "amount"}
    streams.produce([Sent(PAYMENTS, as_value(alone), "tax-core:P1")])
    streams.consume(tmp_path / "home")
    (line,) = run("quarantine", "list", "--json", "--home", tmp_path / "home").out.splitlines()
    found = json.loads(line)
    assert (found["column"], found["reason_en"]) == ("amount", "required, but empty")
    assert found["topic"] == PAYMENTS
    assert found["source"] == "tax-core"


def test_the_bytes_of_a_refused_message_are_in_the_vault_and_it_can_be_released(
    streams: Streams, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    streams.make(PAYMENTS)
    value = as_value(payment("P1", amount="400元", source="tax-core"))
    streams.produce([Sent(PAYMENTS, value)])
    streams.consume(home)
    opened = Home.open(home)
    (refused,) = opened.ledger.read(0, 10)
    subject = f"file:{refused.stream.split(':')[1]}"
    whole = [each for batch in opened.vault.whole(reason="test", actor="tester") for each in batch]
    opened.close()
    (kept,) = [each.entries for each in whole if each.subject == subject]
    assert (f"message:{PAYMENTS}/0:0", value) in (kept or [])
    assert number(1) not in refused.state.decode()
    released = run(
        "--as", "tester", "quarantine", "release", f"{PAYMENTS}/0", "0", "--set", "amount=400", "--reason", "asked",
        "--home", home,
    )  # fmt: skip
    assert released.out == "payments:tax-core:P1\n"


@pytest.mark.parametrize("size", [10 << 20, (16 << 20) - 2000])
def test_a_large_message_is_taken(streams: Streams, tmp_path: Path, size: int) -> None:
    home = tmp_path / "home"
    streams.produce([record("payments", payment("P1", remark="言" * (size // 3))), record("payments", payment("P2"))])
    assert streams.consume(home)["payments"] == Counts(2, appended=2)


def test_a_message_above_sixteen_megabytes_is_refused(streams: Streams, tmp_path: Path) -> None:
    streams.produce([record("payments", payment("P1", remark="x" * (17 << 20))), record("payments", payment("P2"))])
    assert streams.consume(tmp_path / "home")["payments"] == Counts(2, appended=1, quarantined=1)
    (letter,) = streams.read("collection.dead-letter")
    assert letter.value is not None
    assert len(letter.value) > 17 << 20


def test_a_topic_of_no_known_type_is_refused_message_by_message(streams: Streams, tmp_path: Path) -> None:
    home = tmp_path / "home"
    streams.produce([record("parcels", {"record_id": "1"}), record("payments", payment("P1"))])
    assert streams.consume(home) == {"parcels": Counts(1, quarantined=1), "payments": Counts(1, appended=1)}
    (line,) = run("quarantine", "list", "--json", "--home", home).out.splitlines()
    assert json.loads(line)["type"] == "parcels"
    again = run("quarantine", "release", "collection.parcels/0", "0", "--set", "x=1", "--reason", "r", "--home", home)
    assert again.code == 2
    assert "Traceback" not in again.err


def test_names_are_looked_up_in_registers_that_stood_there_before(streams: Streams, tmp_path: Path) -> None:
    home = tmp_path / "home"
    collector = {"record_id": "C01", "name": "吐尔逊", "division": "653123100201"}
    collector |= {"role": "village-agent", "appointed_on": "2025-01-01"}
    streams.produce([record("payments", payment(f"P{n}", n, collector_id="吐尔逊")) for n in range(20)])
    streams.produce([record("collectors", collector, "hr")])
    counts = streams.consume(home)
    assert counts["collectors"].appended == 1
    states = {row[3] for row in events(home) if row[0].startswith("payments:")}
    assert len(states) == 20
    assert all(b'"collector_id":"C01"' in content_of(state) for state in states)


def test_the_county_comes_from_the_settings_that_were_ingested(streams: Streams, tmp_path: Path) -> None:
    home, settings = tmp_path / "home", tmp_path / "settings"
    settings.mkdir()
    (settings / "dataset.yaml").write_text('county: {code: "650101", name: 天山区}\n', encoding="utf-8")
    assert run("ingest", settings / "dataset.yaml", "--home", home).code == 0
    streams.produce([record("payments", payment("P1"))])
    streams.consume(home)
    opened = Home.open(home)
    counties = {row.stream: json.loads(row.state)["envelope"]["county"] for row in opened.ledger.read(0, 10)}
    opened.close()
    assert counties["payments:tax-core:P1"] == "650101"


def test_without_settings_the_county_is_that_of_most_records(streams: Streams, tmp_path: Path) -> None:
    streams.produce([record("payments", payment(f"P{n}", n)) for n in range(3)])
    streams.consume(tmp_path / "home")
    opened = Home.open(tmp_path / "home")
    counties = {json.loads(row.state)["envelope"]["county"] for row in opened.ledger.read(0, 10)}
    opened.close()
    assert counties == {"653123"}


def test_what_was_consumed_is_screened_and_its_quarantine_written(streams: Streams, tmp_path: Path) -> None:
    home, out = tmp_path / "home", tmp_path / "out"
    streams.produce([record("payments", payment(f"P{n}", n)) for n in range(30)] + [Sent(PAYMENTS, b"?")])
    consumed = run("consume", "--until-idle", "1", "--home", home, "--json", env=streams.environment)
    assert consumed.code == 1, consumed.err
    assert json.loads(consumed.out)["payments"]["read"] == 31
    ran = run("screen", "--home", home, "--out", out)
    assert ran.code == 0, ran.err
    (refused,) = quarantined(out, "payments")
    assert refused["file"].startswith(f"{PAYMENTS}/")
    account = json.loads((out / "run.json").read_text(encoding="utf-8"))["records"]["payments"]
    assert (account["read"], account["appended"], account["quarantined"]) == (31, 30, 1)


def test_a_broker_without_any_topic_is_idle(streams: Streams, tmp_path: Path) -> None:
    assert streams.consume(tmp_path / "home") == {}
