"""Every look-up in PostgreSQL goes along an index, whatever its statistics say: no ledger is ever read whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ledger.keys import Keys
from ledger.log import Ledger, StoredRow
from ledger.postgres import recorder, vault_store
from ledger.postgres.database import Database
from ledger.vault import Vault
from tests.servers.postgres import fresh

Rows = Callable[..., list[StoredRow]]
STREAMS = [f"payments:a:{number:06}" for number in range(500)]
LOOK_UPS: dict[str, tuple[str, tuple[object, ...]]] = {
    "by position": (recorder._SELECT, (100, 2**62, 20_000)),
    "by topic": (recorder._TOPICS, (100, 2**62, ["payment.Recorded.v1"], 20_000)),
    "of streams": (recorder._STREAMS, (STREAMS,)),
    "of a type": (recorder._PREFIX, ("payments:", "payments;")),
    "of a case": (recorder._STREAM, ("payments:a:1", 0, 2**62)),
    "the head": (recorder._HEAD, ()),
    "of subjects": (vault_store._SELECT, (list(range(500)),)),
}


@pytest.fixture(scope="module")
def url(postgres: str) -> str:
    return fresh(postgres)


@pytest.fixture
def database(tmp_path: Path, url: str, rows: Rows) -> Iterator[Database]:
    vault = Vault.open(tmp_path, Keys(b"t" * 32, b"m" * 32), place=url)
    with Ledger.open(tmp_path, place=url) as ledger, closing(vault):
        if ledger.head() == 0:
            ledger.append(rows("a", 20_000))
        assert isinstance(ledger.rows, recorder.PostgresRecorder)
        yield ledger.rows.database


@pytest.mark.parametrize("what", LOOK_UPS)
@pytest.mark.parametrize("analysed", [0, 1])
def test_a_look_up_goes_along_an_index(database: Database, what: str, analysed: int) -> None:
    if analysed:
        database.alone("ANALYZE")
    statement, values = LOOK_UPS[what]
    plan = "\n".join(database.run(lambda cursor: [row[0] for row in cursor.execute(f"EXPLAIN {statement}", values)]))
    assert "Index" in plan
    assert [word for word in ("Seq Scan", "Sort", "Bitmap", "Gather") if word in plan] == []
