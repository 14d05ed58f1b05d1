"""No name and no number of a person stands in the ledger, the read models, the logs or what is handed out."""

from __future__ import annotations

import io
import json
import re
import shutil
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import duckdb
import msoffcrypto
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from openpyxl import load_workbook

from casework.live.form import FIRST_SEEN, LiveFiles
from casework.outputs import in_order
from casework.rule_life.shadow import TRIAL
from consumers import metrics
from consumers.consuming import Outlook
from consumers.following import Following
from consumers.stopping import Stop
from domain.cases.access import VISIT_LISTS, AccessRecorded
from domain.intake import RecordRefused
from ledger.home import Home
from tests.privacy.county import BROKEN, DISPLACED, MISTYPED, NUMBERS, PLANTED, REPORTER, make_county, secrets_of
from tests.privacy.scanner import Scanner, workbook_texts
from tests.program import Ran, quarantined, run

pytestmark = pytest.mark.xdist_group("privacy")

FOLLOWED = ("A01", "A06", "B07", "C01", "H01")
REASON = "入户核查第一批"
PASSWORD = re.compile(r"password of the list of visits of (\d+): (\S+)")
NAME, NUMBER = "克孜勒苏·卡德尔亚", "999901198001017777"


class Screened(NamedTuple):
    """A county screened, with names revealed for the visits."""

    folder: Path
    home: Path
    out: Path
    ran: Ran
    scanner: Scanner


@pytest.fixture(scope="module")
def screened(tmp_path_factory: pytest.TempPathFactory) -> Screened:
    folder = tmp_path_factory.mktemp("privacy")
    data, home, out = folder / "data", folder / "home", folder / "out"
    make_county(data)
    ran = run("--as", "auditor", "screen", data, "--home", home, "--out", out, "--reveal", REASON)
    assert ran.code == 1, ran.err
    return Screened(folder, home, out, ran, Scanner({*secrets_of(data), NAME, NUMBER}))


def test_what_is_followed_is_what_a_screening_finds_and_names_nobody(screened: Screened) -> None:
    now = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
    with Home.open(screened.home) as home:
        outlook = Outlook(metrics.follow(), Stop(), lambda _zh, _en: None, 0.0)
        following = Following(home, outlook, lambda: now, FOLLOWED)
        following.run()
        standing = LiveFiles(home.folder).read()
    assert standing is not None
    recorded = pq.read_table(screened.out / "findings.parquet")
    counted = recorded.filter(pc.field("rule").isin(FOLLOWED) & pc.field(TRIAL).is_null())
    assert set(counted.column("rule").to_pylist()) == set(FOLLOWED)
    assert in_order(standing.findings.drop_columns([FIRST_SEEN])).equals(in_order(counted.drop_columns([TRIAL])))
    account = json.loads((screened.out / "run.json").read_text(encoding="utf-8"))
    assert standing.account.as_of.isoformat() == account["as_of"]
    assert standing.account.outcomes.items() <= account["rules"].items()
    assert screened.scanner.scan(LiveFiles(screened.home).folder) == {}


def to_sqlite(path: Path) -> None:
    connection = sqlite3.connect(path)
    state = f'{{"payer_name":"{NAME}","payer":"{NUMBER}"}}'.encode()
    connection.execute(
        "INSERT INTO stored_events (originator_id, originator_version, topic, state) VALUES ('x', 1, 'x.X.v1', ?)",
        (state,),
    )
    connection.commit()
    connection.close()


def to_duckdb(path: Path) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute("UPDATE history.payments SET defects = [?, ?]", [NAME, NUMBER])


def to_vault(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("INSERT INTO sealed (bucket, subject, marks, value) VALUES (1, ?, ?, ?)", (NUMBER, "x", NAME))
    connection.commit()
    connection.close()


def to_parquet(path: Path) -> None:
    table = pq.read_table(path).slice(0, 2)
    pq.write_table(table.append_column("who", pa.array([[NAME], [NUMBER]])), path, compression="zstd")


def to_workbook(path: Path) -> None:
    book = load_workbook(path)
    sheet = book.create_sheet("隐藏")
    sheet.sheet_state = "hidden"
    sheet["Z99"] = f"{NAME}（{NUMBER}）"
    book.save(path)


def to_text(path: Path) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(f"\n{NAME} {NUMBER}\n")


def to_escaped(path: Path) -> None:
    path.write_text(json.dumps({NAME: NUMBER}), encoding="ascii")


def only(folder: Path, pattern: str) -> Path:
    return next(path for path in sorted(folder.rglob(pattern)))


@pytest.mark.parametrize(
    ("pattern", "plant"),
    [
        ("home/ledger.sqlite", to_sqlite), ("home/vault.sqlite", to_vault), ("home/read-models.duckdb", to_duckdb),
        ("home/objects/*", to_text), ("out/findings.parquet", to_parquet), ("out/lists/*/疑点清单.xlsx", to_workbook),
        ("out/suspicions.jsonl", to_text), ("out/run.json", to_escaped), ("out/quarantine/payments.csv", to_text),
        ("home/service.log", to_text),
    ],
)  # fmt: skip
def test_the_search_finds_a_name_and_a_number_planted_in_each_kind_of_file(
    screened: Screened, tmp_path: Path, pattern: str, plant: Callable[[Path], None]
) -> None:
    (screened.folder / "home" / "service.log").touch()
    original = only(screened.folder, pattern)
    copy = tmp_path / original.relative_to(screened.folder)
    copy.parent.mkdir(parents=True)
    shutil.copy(original, copy)
    plant(copy)
    before = screened.scanner.in_file(original)
    assert screened.scanner.in_file(copy) - before == {NAME, NUMBER}


def test_the_search_knows_every_person_and_finds_them_in_the_data_itself(screened: Screened) -> None:
    found = screened.scanner.scan(screened.folder / "data")
    assert len(screened.scanner.secrets) > 2500
    assert set().union(*found.values()) >= PLANTED
    assert len(found["payments.csv"]) > 800


def test_no_file_of_the_home_and_of_what_is_handed_out_holds_a_name_or_number(screened: Screened) -> None:
    assert screened.scanner.scan(screened.home, screened.out) == {}


def test_nothing_that_the_program_printed_holds_a_name_or_number(screened: Screened) -> None:
    said = run("quarantine", "list", "--json", "--home", screened.home)
    assert len(said.out.splitlines()) >= 4
    listed = run("quarantine", "list", "--home", screened.home)
    printed = (screened.ran.out, screened.ran.err, said.out, said.err, listed.out, listed.err)
    assert [screened.scanner.in_text(text) for text in printed] == [set()] * len(printed)


def test_refused_rows_that_name_a_person_are_listed_masked_and_kept_whole_in_the_vault(screened: Screened) -> None:
    lines = [line for line in quarantined(screened.out, "payments") if line["file"] != "payments.csv"]
    assert [(line["file"], line["line"]) for line in lines] == [
        ("payments-2.csv", "3"), ("payments-2.csv", "4"), ("payments-2.csv", "5"), ("payments-2.csv", "6"),
        ("payments-3.jsonl", "1"),
    ]  # fmt: skip
    assert all(line["reason_zh"] and line["reason_en"] for line in lines)
    home = Home.open(screened.home)
    refused = [home.ledger.event(row) for row in home.ledger.of_type("refused")]
    assert {event.value for event in refused if isinstance(event, RecordRefused)} == {line["value"] for line in lines}
    subjects = [f"file:{row.stream.split(':')[1]}" for row in home.ledger.of_type("refused")]
    kept = "".join(
        text
        for place in ("payments-2.csv:3", "payments-2.csv:4", "payments-2.csv:6", "payments-3.jsonl:1")
        for texts in home.vault.reveal(subjects, f"row:{place}", reason="test", actor="test").values()
        for text in texts
    )
    home.close()
    assert {DISPLACED, MISTYPED, BROKEN, NUMBERS[DISPLACED], NUMBERS[BROKEN]} <= screened.scanner.in_text(kept)


def test_the_list_of_visits_holds_names_only_inside_its_encryption_and_its_reason_is_noted(screened: Screened) -> None:
    passwords = dict(PASSWORD.findall(screened.ran.err))
    files = {path.parent.name: path for path in screened.out.rglob("入户核查名单.xlsx")}
    assert files.keys() == passwords.keys()
    assert files
    opened: set[str] = set()
    for code, path in files.items():
        plain = io.BytesIO()
        locked = msoffcrypto.OfficeFile(io.BytesIO(path.read_bytes()))
        assert locked.is_encrypted()
        locked.load_key(password=passwords[code])
        locked.decrypt(plain)
        opened |= screened.scanner.in_text("\n".join(workbook_texts(plain.getvalue())))
        assert screened.scanner.in_file(path) == set()
    assert opened
    assert REPORTER not in opened
    home = Home.open(screened.home)
    looks = [home.ledger.event(row) for row in home.ledger.of_type("access")]
    home.close()
    noted = {
        (look.envelope.actor, look.reason, look.command, look.purpose)
        for look in looks
        if isinstance(look, AccessRecorded)
    }
    assert ("auditor", REASON, "screen", VISIT_LISTS) in noted
