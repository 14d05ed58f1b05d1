"""A home with three kept checkpoints, and the hands that change it afterwards: with database, programs and keys."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import NamedTuple

import duckdb
import msgspec
from typer.testing import CliRunner

from domain.cases.answer import Answer
from domain.cases.suspicion import SuspicionAnswered
from domain.errors import MingzhangError
from domain.fact import Envelope
from ledger.home import Home
from ledger.log import StoredRow
from mingzhang.cli import app
from tests.county import NOON, data_folder, number, payment, receipt

FIRST, SECOND = 40, 400
"""Payments before the first and before the second checkpoint."""


class Kept(NamedTuple):
    """What an inspector has kept, and where the office's things stand."""

    home: Path
    out: Path
    checkpoints: Path
    key: Path
    before: Path
    """The home as it stood at the second checkpoint."""
    log: Path
    """A copy of the log as it stood at the third checkpoint."""
    sizes: tuple[int, ...]
    attachment: str
    """Hash of a scan that an answer names."""


class Ended(NamedTuple):
    """How a command ended inside this process."""

    code: int
    out: str
    err: str


def run(*arguments: str | Path) -> Ended:
    """Run the command in this process, which spares its start; errors are told as the program tells them."""
    result = CliRunner().invoke(app, list(map(str, arguments)))
    error = result.exception
    if isinstance(error, MingzhangError):
        return Ended(error.exit_code, result.stdout, f"{result.stderr}{error.zh} / {error.en}")
    if error is not None and not isinstance(error, SystemExit):
        raise error
    return Ended(result.exit_code, result.stdout, result.stderr)


def done(*arguments: str | Path) -> None:
    """Run a command that must end well."""
    ended = run(*arguments)
    assert ended.code == 0, ended.err


def build(folder: Path) -> Kept:
    """Take payments in, screen them, answer a suspicion, and keep a checkpoint after each step."""
    home, out, kept = folder / "home", folder / "out", folder / "kept"
    cash = {"channel": "cash", "collector_id": "C01"}
    for name, numbers in (("one", range(FIRST)), ("two", range(FIRST, SECOND))):
        rows = [payment(f"P{n:04}", n + 1, **cash) for n in numbers]
        unpaid = [receipt(f"R{name}{n}", 500 + n) for n in range(5)]
        data = data_folder(folder / name, payments=rows, cash_receipts=unpaid)
        done("ingest", data, "--home", home)
        done("checkpoint", "publish", "--to", kept, "--home", home)
    before = shutil.copytree(home, folder / "before")
    done("screen", "--home", home, "--out", out, "--as-of", "2026-01-20")
    attachment = answered(home)
    done("project", "--home", home)
    done("checkpoint", "publish", "--to", kept, "--home", home)
    key = folder / "inspector.pub"
    shutil.copyfile(kept / "key.pub", key)
    log = shutil.copytree(home / "log", folder / "log")
    sizes = tuple(sorted(int(file.name[-12:]) for file in kept.iterdir() if file.name != "key.pub"))
    return Kept(home, out, kept, key, before, log, sizes, attachment)


def answered(folder: Path) -> str:
    """Append an answer that names a scan, as a township hands one in; return the scan's hash."""
    with closing(Home.open(folder)) as home:
        scan = home.objects.put(b"scan of a receipt")
        event = SuspicionAnswered(
            list_id="L1", item=1, answered_on=date(2026, 2, 1), answer=Answer(result="cleared", attachments=(scan,)),
            way="paper", envelope=Envelope("mingzhang", "653123", NOON, "an", "test", "test"),
        )  # fmt: skip
        state = msgspec.json.encode(event)
        home.ledger.append([StoredRow("suspicions:mingzhang:S1", 1, "suspicion.Answered.v1", state)])
    return scan


def in_database(home: Path, *statements: tuple[str, tuple[object, ...]]) -> None:
    """Change the events behind the service's back."""
    with closing(sqlite3.connect(home / "ledger.sqlite")) as connection, connection:
        for statement, values in statements:
            connection.execute(statement, values)


def sealed_anew(home: Path) -> None:
    """Recompute every hash from what the ledger holds now, under the office's own key."""
    shutil.rmtree(home / "log")
    with closing(Home.open(home)) as opened:
        assert opened.sealer is not None
        opened.sealer.seal()


def a_byte(kept: Kept) -> None:
    (state,) = _states(kept.home, 300)
    changed = state.replace(b'"amount":40000', b'"amount":40001') if b'"amount":40000' in state else state[:-2] + b" }"
    in_database(kept.home, ("UPDATE stored_events SET state = ? WHERE position = 300", (changed,)))


def deleted_in_the_middle(kept: Kept) -> None:
    in_database(
        kept.home,
        ("DELETE FROM stored_events WHERE position = 300", ()),
        ("UPDATE stored_events SET position = position - 1 + 1000000 WHERE position > 300", ()),
        ("UPDATE stored_events SET position = position - 1000000 WHERE position > 1000000", ()),
    )


def inserted_back_dated(kept: Kept) -> None:
    (state,) = _states(kept.home, 300)
    in_database(
        kept.home,
        ("UPDATE stored_events SET position = position + 1 + 1000000 WHERE position >= 300", ()),
        ("UPDATE stored_events SET position = position - 1000000 WHERE position > 1000000", ()),
        ("INSERT INTO stored_events VALUES (300, 'payments:tax-core:P9999', 1, 'payment.Recorded.v1', ?)", (state,)),
    )


def swapped(kept: Kept) -> None:
    in_database(
        kept.home,
        ("UPDATE stored_events SET position = 1000000 WHERE position = 300", ()),
        ("UPDATE stored_events SET position = 300 WHERE position = 301", ()),
        ("UPDATE stored_events SET position = 301 WHERE position = 1000000", ()),
    )


def the_end_deleted(kept: Kept) -> None:
    in_database(kept.home, ("DELETE FROM stored_events WHERE position > ?", (kept.sizes[-1] - 2,)))


def an_older_database(kept: Kept) -> None:
    shutil.copyfile(kept.before / "ledger.sqlite", kept.home / "ledger.sqlite")
    for left in kept.home.glob("ledger.sqlite-*"):
        left.unlink()


def the_read_models(kept: Kept) -> None:
    with closing(duckdb.connect(kept.home / "read-models.duckdb")) as connection:
        connection.execute("UPDATE history.payments SET amount_fen = 1 WHERE record_id = 'P0007'")


def the_findings(kept: Kept) -> None:
    """Take the first suspicion off the list."""
    file = kept.out / "suspicions.jsonl"
    file.write_bytes(b"".join(file.read_bytes().splitlines(keepends=True)[1:]))


def the_findings_table(kept: Kept) -> None:
    file = kept.out / "findings.parquet"
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(bytes(content))


def a_rules_text(kept: Kept) -> None:
    """Put another text in the place of the one that a screening ran."""
    run_event = _screening(kept.home)
    name = min(run_event["rules"].items())[1].partition(":")[2]
    (kept.home / "objects" / name).write_bytes(b"SELECT 1 WHERE false")


def a_rules_text_and_its_hash(kept: Kept) -> None:
    """Put another text in its place, and its hash into the event."""
    with closing(Home.open(kept.home)) as home:
        new = home.objects.put(b"SELECT 1 WHERE false")
        (recorded,) = home.ledger.of_type("screening")
    old = min(_screening(kept.home)["rules"].items())[1].partition(":")[2]
    state = recorded.state.replace(old.encode(), new.encode())
    in_database(kept.home, ("UPDATE stored_events SET state = ? WHERE position = ?", (state, recorded.position)))


def an_attachment(kept: Kept) -> None:
    (kept.home / "objects" / kept.attachment).write_bytes(b"scan of another receipt")


def an_attachment_taken_away(kept: Kept) -> None:
    (kept.home / "objects" / kept.attachment).unlink()


def the_vault(kept: Kept) -> None:
    """Exchange what is sealed of two persons."""
    with closing(Home.open(kept.home)) as home:
        one, other = (home.tokens.identity(number(n)) for n in (1, 2))
    with closing(sqlite3.connect(kept.home / "vault.sqlite")) as connection, connection:
        buckets = dict(connection.execute("SELECT subject, bucket FROM sealed WHERE subject IN (?, ?)", (one, other)))
        statement = "UPDATE sealed SET subject = ?, bucket = ? WHERE subject = ?"
        connection.execute(statement, ("aside", 0, one))
        connection.execute(statement, (one, buckets[one], other))
        connection.execute(statement, (other, buckets[other], "aside"))


def _states(home: Path, position: int) -> list[bytes]:
    with closing(sqlite3.connect(home / "ledger.sqlite")) as connection:
        found = connection.execute("SELECT state FROM stored_events WHERE position = ?", (position,))
        return [row[0] for row in found]


def _screening(home: Path) -> dict[str, dict[str, str]]:
    with closing(sqlite3.connect(home / "ledger.sqlite")) as connection:
        ((state,),) = connection.execute("SELECT state FROM stored_events WHERE topic = 'screening.Run.v1'").fetchall()
    found: dict[str, dict[str, str]] = json.loads(state)
    return found
