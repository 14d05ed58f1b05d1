"""The quarantine from refusal to release: listed, exported, corrected, taken in, and listed no longer."""

from __future__ import annotations

import json
from pathlib import Path

from domain.intake import RecordReleased
from domain.records.payments import PaymentRecorded
from ledger.home import Home
from tests.county import data_folder, payment
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
