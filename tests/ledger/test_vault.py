"""The vault gives back what it was given, to who says why, and forgets whom it must forget."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from domain.cases.access import EXPORT
from domain.errors import Broken, Refused, Unreachable
from ledger.access import Access
from ledger.keys import Keys
from ledger.vault import Vault
from ledger.vault_contents import Whole
from ledger.vault_putting import PutCount, Sealed
from tests.ledger.admitting import anybody
from tests.ledger.beneath import Value, asked, on_disk, reading

WHY = "核查疑点 S-1"


def cells(rows: list[tuple[Value, ...]]) -> list[bytes]:
    """Return the bytes that stand in rows."""
    return [cell for row in rows for cell in row if isinstance(cell, bytes)]


@pytest.fixture
def another(tmp_path: Path, keys: Keys, place: str | None) -> Callable[[], Vault]:
    """Open the same vault as another process would."""
    return lambda: Vault.open(tmp_path / "home", keys, place=place, admit=anybody)


def revealed(vault: Vault, subject: str, kind: str = "name") -> list[str]:
    return vault.reveal([subject], kind, reason=WHY, actor="inspector").get(subject, [])


def test_entries_come_back_oldest_first_for_the_kind_asked(vault: Vault) -> None:
    first = [Sealed("p1", "name", "张三"), Sealed("p1", "number", "653123"), Sealed("p2", "name", "李四")]
    assert vault.put(first) == PutCount(written=3, repeated=0, erased=0)
    vault.put([Sealed("p1", "name", "张叁")])
    found = vault.reveal(["p2", "p1", "p1", "none"], "name", reason=WHY, actor="inspector")
    assert found == {"p2": ["李四"], "p1": ["张三", "张叁"]}


def test_bytes_come_back_byte_for_byte(vault: Vault) -> None:
    raw = bytes(range(256))
    vault.put([Sealed("file:1:7", "quarantine", raw)])
    assert [each for batch in vault.whole(reason=WHY, actor="a") for each in batch] == [
        Whole("file:1:7", [("quarantine", raw)])
    ]
    assert len(revealed(vault, "file:1:7", "quarantine")) == 1


def test_the_same_entry_again_writes_nothing(vault: Vault) -> None:
    entries = [Sealed("p1", "name", "张三"), Sealed("p2", "name", "张三"), Sealed("p1", "phone", "张三")]
    assert vault.put([*entries, entries[0]]) == PutCount(written=3, repeated=1, erased=0)
    assert vault.put([*entries, Sealed("p1", "name", "李四")]) == PutCount(written=1, repeated=3, erased=0)
    assert vault.put([]) == (0, 0, 0)
    same = [Sealed("p9", "name", "张三"), Sealed("p9", "name", "张三".encode())]
    assert vault.put(same) == PutCount(written=1, repeated=1, erased=0)
    assert revealed(vault, "p1") == ["张三", "李四"]


def test_every_revealing_is_remembered_with_reason_and_actor_before_anything_is_given(
    tmp_path: Path, keys: Keys, place: str | None
) -> None:
    seen: list[Access] = []

    def admit(accesses: Sequence[Access]) -> frozenset[str]:
        seen.extend(accesses)
        return frozenset({"p2"})

    with closing(Vault.open(tmp_path, keys, place=place, admit=admit)) as vault:
        vault.put([Sealed("p1", "name", "张三"), Sealed("p2", "name", "李四")])
        found = vault.reveal(["p1", "p1", "p2"], "name", reason=WHY, actor="inspector", purpose=EXPORT)
        assert found == {"p1": ["张三"]}, "p2 was erased, the ledger says, though its entry stands"
        assert seen == [Access("inspector", WHY, "name", EXPORT, ("p1", "p2"))]
        for reason, actor in (("", "inspector"), (WHY, " ")):
            with pytest.raises(Refused):
                vault.reveal(["p1"], "name", reason=reason, actor=actor)
        assert len(seen) == 1


def test_several_kinds_are_revealed_as_looks_of_their_own_in_one_append(
    tmp_path: Path, keys: Keys, place: str | None
) -> None:
    appended: list[Sequence[Access]] = []

    def admit(accesses: Sequence[Access]) -> frozenset[str]:
        appended.append(accesses)
        return frozenset()

    with closing(Vault.open(tmp_path, keys, place=place, admit=admit)) as vault:
        vault.put([Sealed("p1", "name", "张三"), Sealed("p1", "phone", "139"), Sealed("p2", "name", "李四")])
        found = vault.reveal_kinds(["p1", "p2"], ["name", "phone", "address"], reason=WHY, actor="inspector")
        assert found == {"name": {"p1": ["张三"], "p2": ["李四"]}, "phone": {"p1": ["139"]}, "address": {}}
        assert [[access.kind for access in each] for each in appended] == [["name", "phone", "address"]]
        assert vault.reveal_kinds(["p1"], [], reason=WHY, actor="inspector") == {}


def test_what_cannot_be_remembered_is_not_given(tmp_path: Path, keys: Keys, place: str | None) -> None:
    def refusing(accesses: Sequence[Access]) -> frozenset[str]:
        raise Unreachable(f"{accesses[0].kind} 无法登记", "the ledger is full")

    for admit in (None, refusing):
        with closing(Vault.open(tmp_path, keys, place=place, admit=admit)) as vault:
            vault.put([Sealed("p1", "name", "张三")])
            with pytest.raises((Refused, Unreachable)):
                revealed(vault, "p1")


def test_nothing_readable_stands_on_the_disk(vault: Vault) -> None:
    vault.put([Sealed("p1", "name", "张三丰"), Sealed("p1", "number", "653123198503071234")])
    assert b"p1" in on_disk(vault)
    assert "张三丰".encode() not in on_disk(vault)
    assert b"653123198503071234" not in on_disk(vault)


def test_an_erased_subject_leaves_no_trace_and_gets_no_entry_any_more(vault: Vault) -> None:
    others = [Sealed(f"other{i}", "name", f"人{i}") for i in range(3_000)]
    vault.put([*others, *(Sealed("p1", kind, f"{kind} 张三") for kind in ("name", "number", "phone"))])
    traces = cells(asked(vault, "SELECT wrapped, value FROM sealed WHERE subject = 'p1'"))
    assert len(traces) == 2
    assert [trace for trace in traces if trace not in on_disk(vault)] == []
    assert vault.erase("p1")
    assert [trace for trace in traces if trace in on_disk(vault) or trace[12:] in on_disk(vault)] == []
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
    traces = cells(asked(vault, f"SELECT wrapped, value FROM sealed WHERE subject IN ({names})"))
    assert len(traces) == 2 * len(gone)
    assert all(vault.erase(subject) for subject in gone)
    content = on_disk(vault)
    assert [trace for trace in traces if trace in content] == []


def test_an_erasure_beside_a_reader_says_that_it_must_be_repeated(
    tmp_path: Path, keys: Keys, place: str | None
) -> None:
    with closing(Vault.open(tmp_path, keys, wait=1, place=place, admit=anybody)) as vault:
        vault.put([Sealed("p1", "name", "张三")])
        (trace, *_) = cells(asked(vault, "SELECT wrapped, value FROM sealed"))
        with reading(vault) as ask:
            assert ask("SELECT count(*) FROM sealed") == 1
            with pytest.raises(Unreachable):
                vault.erase("p1")
        assert not vault.erase("p1")
        assert trace not in on_disk(vault)
        assert revealed(vault, "p1") == []


def test_a_vault_whose_master_key_does_not_fit_is_broken(tmp_path: Path, keys: Keys, place: str | None) -> None:
    Vault.open(tmp_path, keys, place=place, admit=anybody).close()
    with pytest.raises(Broken) as refused:
        Vault.open(tmp_path, Keys.in_memory(b"t" * 32), place=place, admit=anybody)
    assert refused.value.exit_code == 3
    Vault.open(tmp_path, keys, place=place, admit=anybody).close()


@pytest.mark.parametrize("column", ["wrapped", "value"])
def test_a_changed_entry_is_broken_not_wrong(vault: Vault, column: str) -> None:
    vault.put([Sealed("p1", "name", "张三")])
    ((whole,),) = asked(vault, f"SELECT {column} FROM sealed")
    assert isinstance(whole, bytes)
    changed = whole[:20] + bytes([whole[20] ^ 1]) + whole[21:]
    asked(vault, f"UPDATE sealed SET {column} = ?", changed)
    with pytest.raises(Broken):
        revealed(vault, "p1")


def test_an_entry_whose_secret_is_gone_is_broken_and_nothing_is_added_to_it(
    vault: Vault, another: Callable[[], Vault]
) -> None:
    vault.put([Sealed("p1", "name", "张三")])
    asked(vault, "UPDATE sealed SET wrapped = NULL")
    with pytest.raises(Broken):
        revealed(vault, "p1")
    with closing(another()) as again, pytest.raises(Broken):
        again.put([Sealed("p1", "name", "李四")])


def test_what_two_processes_keep_of_one_person_comes_back_once_and_under_one_secret(
    vault: Vault, another: Callable[[], Vault]
) -> None:
    vault.put([Sealed("p1", "name", "张三")])
    with closing(another()) as other:
        other.put([Sealed("p1", "name", "张三"), Sealed("p1", "name", "张叁")])
    vault.put([Sealed("p1", "name", "张叁"), Sealed("p1", "phone", "13900000000")])
    assert revealed(vault, "p1") == ["张三", "张叁"]
    assert revealed(vault, "p1", "phone") == ["13900000000"]


def test_a_person_erased_elsewhere_is_not_kept_again_by_a_process_that_still_holds_the_secret(
    vault: Vault, another: Callable[[], Vault]
) -> None:
    vault.put([Sealed("p1", "name", "张三")])
    with closing(another()) as other:
        assert other.erase("p1")
    assert vault.put([Sealed("p1", "name", "张叁")]) == PutCount(written=0, repeated=0, erased=1)
    assert asked(vault, "SELECT value FROM sealed") == []


def test_an_entry_moved_to_another_subject_is_broken(vault: Vault) -> None:
    vault.put([Sealed("p1", "name", "张三"), Sealed("p2", "name", "李四")])
    asked(
        vault,
        "UPDATE sealed SET (wrapped, marks, value) = "
        "(SELECT wrapped, marks, value FROM sealed WHERE subject = 'p1') WHERE subject = 'p2'",
    )
    with pytest.raises(Broken):
        revealed(vault, "p2")


def test_two_openings_keep_one_secret_for_a_subject(another: Callable[[], Vault]) -> None:
    one, two = another(), another()
    one.put([Sealed("p1", "name", "张三")])
    assert two.put([Sealed("p1", "name", "张三"), Sealed("p1", "phone", "139")]) == (1, 1, 0)
    assert revealed(one, "p1", "phone") == ["139"]
    assert len(asked(one, "SELECT 1 FROM sealed WHERE wrapped IS NOT NULL")) == 1


def test_subjects_that_share_a_bucket_stay_apart(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.vault_store.crc32", lambda _: 7)
    vault.put([Sealed("p1", "name", "张三"), Sealed("p2", "name", "李四")])
    vault.put([Sealed("p2", "name", "李四"), Sealed("p3", "name", "王五")])
    assert vault.erase("p1")
    assert vault.reveal(["p1", "p2", "p3"], "name", reason=WHY, actor="a") == {"p2": ["李四"], "p3": ["王五"]}
