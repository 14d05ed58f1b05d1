"""`migrate ledger` through the command line: there, on, and back, and what it refuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.county import data_folder, payment
from tests.program import Ran, run


@pytest.fixture
def url(postgres_place: Callable[[], str]) -> str:
    return postgres_place()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    data = data_folder(tmp_path / "data", payments=[payment(f"P{n}", n) for n in range(1, 40)])
    assert run("ingest", data, "--home", tmp_path / "home").code == 0
    return tmp_path / "home"


def migrate(home: Path, source: str, target: str, url: str) -> Ran:
    command = ("migrate", "ledger", "--home", home, "--from", source, "--to", target, "--json")
    return run(*command, env={"MINGZHANG_LEDGER": url})


def test_a_county_moves_to_postgresql_goes_on_there_and_comes_back(tmp_path: Path, home: Path, url: str) -> None:
    there = migrate(home, "sqlite", "postgresql", url)
    assert there.code == 0, there.err
    (events,) = [each for each in json.loads(there.out) if each["table"] == "stored_events"]
    assert (events["rows"] >= 40, len(events["sha256"])) == (True, 64)
    again = migrate(home, "sqlite", "postgresql", url)
    assert (again.code, again.out) == (0, there.out), again.err

    more = data_folder(tmp_path / "more", payments=[payment(f"P{n}", n) for n in range(30, 50)])
    forgotten = run("ingest", more, "--home", home)
    assert (forgotten.code, "MINGZHANG_LEDGER" in forgotten.err) == (2, True)
    taken = run("ingest", more, "--home", home, env={"MINGZHANG_LEDGER": url})
    assert "read 20 = appended 10 + repeated 10 + amended 0 + quarantined 0" in taken.out, taken.err

    refused = migrate(home, "postgresql", "sqlite", url)
    assert (refused.code, "holds" in refused.err) == (2, True), refused.err
    (home / "old").mkdir()
    for name in ("ledger.sqlite", "vault.sqlite"):
        (home / name).rename(home / "old" / name)
    back = migrate(home, "postgresql", "sqlite", url)
    assert back.code == 0, back.err
    repeated = run("ingest", more, "--home", home)
    assert "read 20 = appended 0 + repeated 20" in repeated.out, repeated.err
    closed = run("ingest", more, "--home", tmp_path / "home", env={"MINGZHANG_LEDGER": url})
    assert (closed.code, "MINGZHANG_LEDGER" in closed.err or "migrate" in closed.err) == (2, True), closed.err


def test_a_move_without_a_database_a_ledger_or_keys_is_refused_in_one_sentence(
    tmp_path: Path, home: Path, url: str
) -> None:
    cases = {
        "name the database": (migrate(home, "sqlite", "postgresql", ""), 2),
        "are the same": (migrate(home, "sqlite", "sqlite", url), 2),
        "there is no": (migrate(tmp_path / "nowhere", "sqlite", "postgresql", url), 2),
        "no ledger stands": (migrate(home, "postgresql", "sqlite", url), 2),
        "cannot be reached": (migrate(home, "sqlite", "postgresql", "postgresql://127.0.0.1:1/x"), 4),
    }
    for said, (ran, code) in cases.items():
        assert (ran.code, said in ran.err, "Traceback" in ran.err) == (code, True, False), ran.err
    (home / "keys" / "home.json").unlink()
    assert migrate(home, "sqlite", "postgresql", url).code == 3
