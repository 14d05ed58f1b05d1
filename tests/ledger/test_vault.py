"""The vault gives back what it was given, to who says why, and forgets whom it must forget."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from domain.errors import Broken, Refused, Unreachable
from ledger.keys import Keys
from ledger.vault import PutCount, Sealed, Vault

WHY = "核查疑点 S-1"


def revealed(vault: Vault, subject: str, kind: str = "name") -> list[str]:
    return vault.reveal([subject], kind, reason=WHY, actor="inspector").get(subject, [])


def stored(vault: Vault, statement: str) -> list[tuple[bytes, ...]]:
    with closing(sqlite3.connect(vault.file)) as other:
        return other.execute(statement).fetchall()


def test_entries_come_back_oldest_first_for_the_kind_asked(vault: Vault) -> None:
    first = [Sealed("p1", "name", "张三"), Sealed("p1", "number", "653123"), Sealed("p2", "name", "李四")]
    assert vault.put(first) == PutCount(written=3, repeated=0, erased=0)
    vault.put([Sealed("p1", "name", "张叁")])
    found = vault.reveal(["p2", "p1", "p1", "none"], "name", reason=WHY, actor="inspector")
    assert found == {"p2": ["李四"], "p1": ["张三", "张叁"]}


def test_bytes_come_back_byte_for_byte(vault: Vault) -> None:
    raw = bytes(range(256))
    vault.put([Sealed("file:1:7", "quarantine", raw)])
    assert vault.reveal_bytes(["file:1:7"], "quarantine", reason=WHY, actor="a") == {"file:1:7": [raw]}
    assert len(revealed(vault, "file:1:7", "quarantine")) == 1


def test_the_same_entry_again_writes_nothing(vault: Vault) -> None:
    entries = [Sealed("p1", "name", "张三"), Sealed("p2", "name", "张三"), Sealed("p1", "phone", "张三")]
    assert vault.put([*entries, entries[0]]) == PutCount(written=3, repeated=1, erased=0)
    assert vault.put([*entries, Sealed("p1", "name", "李四")]) == PutCount(written=1, repeated=3, erased=0)
    assert vault.put([]) == (0, 0, 0)
    same = [Sealed("p9", "name", "张三"), Sealed("p9", "name", "张三".encode())]
    assert vault.put(same) == PutCount(written=1, repeated=1, erased=0)
    assert revealed(vault, "p1") == ["张三", "李四"]


def test_nothing_readable_stands_in_the_files(vault: Vault) -> None:
    vault.put([Sealed("p1", "name", "张三丰"), Sealed("p1", "number", "653123198503071234")])
    content = b"".join(path.read_bytes() for path in vault.file.parent.iterdir())
    assert "张三丰".encode() not in content
    assert b"653123198503071234" not in content


def test_every_revealing_is_noted_with_reason_and_actor(tmp_path: Path, keys: Keys) -> None:
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    vault = Vault.open(tmp_path, keys, clock=lambda: noon)
    vault.put([Sealed("p1", "name", "张三")])
    revealed(vault, "p1")
    with closing(sqlite3.connect(vault.file)) as other:
        noted = other.execute("SELECT at, actor, reason, kind, subjects FROM access").fetchall()
    assert noted == [("2026-03-01T12:00:00+00:00", "inspector", WHY, "name", '["p1"]')]
    for reason, actor in (("", "inspector"), (WHY, " ")):
        with pytest.raises(Refused):
            vault.reveal(["p1"], "name", reason=reason, actor=actor)


def test_an_erased_subject_leaves_no_trace_and_gets_no_entry_any_more(vault: Vault) -> None:
    others = [Sealed(f"other{i}", "name", f"人{i}") for i in range(3_000)]
    vault.put([*others, *(Sealed("p1", kind, f"{kind} 张三") for kind in ("name", "number", "phone"))])
    rows = stored(vault, "SELECT wrapped, value FROM sealed WHERE subject = 'p1'")
    traces = [cell for row in rows for cell in row if cell is not None]
    assert len(traces) == 2
    files = [vault.file, vault.file.with_name("vault.sqlite-wal")]
    assert all(any(trace in path.read_bytes() for path in files) for trace in traces)
    assert vault.erase("p1")
    content = b"".join(path.read_bytes() for path in vault.file.parent.iterdir())
    assert [trace for trace in traces if trace in content or trace[12:] in content] == []
    assert revealed(vault, "p1") == []
    assert vault.put([Sealed("p1", "name", "张三"), Sealed("other0", "name", "新")]) == PutCount(1, 0, 1)
    assert revealed(vault, "p1") == []
    assert revealed(vault, "other2999") == ["人2999"]
    assert not vault.erase("p1")


def test_erasing_one_after_the_other_leaves_no_trace_of_any(vault: Vault) -> None:
    for batch in range(5):
        vault.put([Sealed(f"p{batch}:{i}", "name", f"人{i}") for i in range(400)])
    gone = [f"p{batch}:{i}" for batch in range(5) for i in (0, 17, 399)]
    names = ",".join(f"'{subject}'" for subject in gone)
    rows = stored(vault, f"SELECT wrapped, value FROM sealed WHERE subject IN ({names})")
    traces = [cell for row in rows for cell in row]
    assert len(traces) == 2 * len(gone)
    assert all(vault.erase(subject) for subject in gone)
    content = b"".join(path.read_bytes() for path in vault.file.parent.iterdir())
    assert [trace for trace in traces if trace in content] == []


def test_an_erasure_beside_a_reader_says_that_it_must_be_repeated(tmp_path: Path, keys: Keys) -> None:
    vault = Vault.open(tmp_path, keys, wait=1)
    vault.put([Sealed("p1", "name", "张三")])
    with closing(sqlite3.connect(vault.file, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM sealed").fetchone()
        with pytest.raises(Unreachable):
            vault.erase("p1")
        reader.execute("ROLLBACK")
    assert not vault.erase("p1")
    assert vault.file.with_name("vault.sqlite-wal").stat().st_size == 0
    assert revealed(vault, "p1") == []


def test_a_vault_whose_master_key_does_not_fit_is_broken(tmp_path: Path, keys: Keys) -> None:
    Vault.open(tmp_path, keys).close()
    with pytest.raises(Broken) as refused:
        Vault.open(tmp_path, Keys.in_memory(b"t" * 32))
    assert refused.value.exit_code == 3
    Vault.open(tmp_path, keys).close()


@pytest.mark.parametrize("column", ["wrapped", "value"])
def test_a_changed_entry_is_broken_not_wrong(vault: Vault, column: str) -> None:
    vault.put([Sealed("p1", "name", "张三")])
    with closing(sqlite3.connect(vault.file)) as other, other:
        ((whole,),) = other.execute(f"SELECT {column} FROM sealed").fetchall()
        changed = whole[:20] + bytes([whole[20] ^ 1]) + whole[21:]
        other.execute(f"UPDATE sealed SET {column} = ?", (changed,))
    with pytest.raises(Broken):
        revealed(vault, "p1")


def test_a_column_that_holds_no_text_is_broken(vault: Vault) -> None:
    vault.put([Sealed("p1", "name", "张三")])
    with closing(sqlite3.connect(vault.file)) as other, other:
        other.execute("UPDATE sealed SET value = CAST(x'ff' AS TEXT)")
    with pytest.raises(Broken):
        revealed(vault, "p1")


def test_an_entry_whose_secret_is_gone_is_broken_and_nothing_is_added_to_it(vault: Vault, keys: Keys) -> None:
    vault.put([Sealed("p1", "name", "张三")])
    with closing(sqlite3.connect(vault.file)) as other, other:
        other.execute("UPDATE sealed SET wrapped = NULL")
    with pytest.raises(Broken):
        revealed(vault, "p1")
    with closing(Vault.open(vault.file.parent, keys)) as again, pytest.raises(Broken):
        again.put([Sealed("p1", "name", "李四")])


def test_what_two_processes_keep_of_one_person_comes_back_once_and_under_one_secret(vault: Vault, keys: Keys) -> None:
    vault.put([Sealed("p1", "name", "张三")])
    with closing(Vault.open(vault.file.parent, keys)) as other:
        other.put([Sealed("p1", "name", "张三"), Sealed("p1", "name", "张叁")])
    vault.put([Sealed("p1", "name", "张叁"), Sealed("p1", "phone", "13900000000")])
    assert revealed(vault, "p1") == ["张三", "张叁"]
    assert revealed(vault, "p1", "phone") == ["13900000000"]


def test_a_person_erased_elsewhere_is_not_kept_again_by_a_process_that_still_holds_the_secret(
    vault: Vault, keys: Keys
) -> None:
    vault.put([Sealed("p1", "name", "张三")])
    with closing(Vault.open(vault.file.parent, keys)) as other:
        assert other.erase("p1")
    assert vault.put([Sealed("p1", "name", "张叁")]) == PutCount(written=0, repeated=0, erased=1)
    assert stored(vault, "SELECT value FROM sealed") == []


def test_an_entry_moved_to_another_subject_is_broken(vault: Vault) -> None:
    vault.put([Sealed("p1", "name", "张三"), Sealed("p2", "name", "李四")])
    with closing(sqlite3.connect(vault.file)) as other, other:
        other.execute(
            "UPDATE sealed SET (wrapped, marks, value) = "
            "(SELECT wrapped, marks, value FROM sealed WHERE subject = 'p1') WHERE subject = 'p2'"
        )
    with pytest.raises(Broken):
        revealed(vault, "p2")


def test_two_openings_keep_one_secret_for_a_subject(tmp_path: Path, keys: Keys) -> None:
    one, two = Vault.open(tmp_path, keys), Vault.open(tmp_path, keys)
    one.put([Sealed("p1", "name", "张三")])
    assert two.put([Sealed("p1", "name", "张三"), Sealed("p1", "phone", "139")]) == (1, 1, 0)
    assert revealed(one, "p1", "phone") == ["139"]
    assert len(stored(one, "SELECT 1 FROM sealed WHERE wrapped IS NOT NULL")) == 1


def test_subjects_that_share_a_bucket_stay_apart(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.vault.crc32", lambda _: 7)
    vault.put([Sealed("p1", "name", "张三"), Sealed("p2", "name", "李四")])
    vault.put([Sealed("p2", "name", "李四"), Sealed("p3", "name", "王五")])
    assert vault.erase("p1")
    assert vault.reveal(["p1", "p2", "p3"], "name", reason=WHY, actor="a") == {"p2": ["李四"], "p3": ["王五"]}


def test_an_older_copy_of_the_vault_is_opened_by_the_same_key(tmp_path: Path, keys: Keys) -> None:
    vault = Vault.open(tmp_path / "home", keys)
    vault.put([Sealed("p1", "name", "张三")])
    vault.close()
    shutil.copytree(tmp_path / "home", tmp_path / "copy")
    assert revealed(Vault.open(tmp_path / "copy", keys), "p1") == ["张三"]


