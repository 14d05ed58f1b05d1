from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import msgspec
import pytest

from consumers.consuming import Counts
from consumers.inbox import figures
from domain.intake import FileTaken
from ledger.home import Home
from tests.consumers.inbox.boxes import Box, counts
from tests.county import contents, number, payment, receipt, take, write_csv
from tests.program import run

TAX, TOWN = "税务局", "英吉沙镇"


@pytest.fixture
def box(tmp_path: Path) -> Box:
    return Box(tmp_path)


def test_a_file_becomes_the_events_that_ingest_makes_of_it(box: Box, tmp_path: Path) -> None:
    rows = [payment(f"P{n}", n, source="tax-core") for n in range(300)]
    path = box.drop(TAX, "payments.csv", rows)
    home = Home.open(tmp_path / "other")
    take(home, path)
    expected = contents(home)
    home.close()
    box.home.mkdir()
    (tmp_path / "other" / "keys").rename(box.home / "keys")
    assert box.empty().counts == {"payments": Counts(300, 300)}
    assert box.ledger() == expected


def test_the_file_is_moved_and_a_true_receipt_goes_back(box: Box) -> None:
    box.terms(TAX, "source: tax-core\npurpose: 社会保险费征缴稽核\n")
    rows = [payment("P1"), payment("P1"), payment("P2", 2, amount="400元")]
    content = box.drop(TAX, "payments-2025.csv", rows).read_bytes()
    box.empty()
    assert box.left(TAX) == ["department.yaml"]
    (kept,) = (box.folder / TAX / "done").iterdir()
    assert kept.read_bytes() == content
    found = box.receipt(TAX)
    assert counts(found) == {"read": 3, "appended": 1, "repeated": 1, "quarantined": 1}
    digest = hashlib.sha256(content).hexdigest()
    assert kept.name == f"20260120-120000_{digest[:8]}_payments-2025.csv"
    assert (found["department"], found["sha256"], found["bytes"]) == (TAX, digest, len(content))
    assert (found["purpose"], found["source"], found["type"]) == ("社会保险费征缴稽核", "tax-core", "payments")
    assert (found["taken_at"], found["taken_by"]) == ("2026-01-20T12:00:00+08:00", "王某")
    assert (found["outcome"], found["kept_as"]) == ("taken", f"done/{kept.name}")
    (refused,) = msgspec.convert(found["refused_rows"], list[dict[str, object]])
    assert (refused["line"], refused["column"], refused["record_id"]) == (4, "amount", "P2")
    text = (box.folder / TAX / "receipts" / f"{kept.name}.receipt.txt").read_text(encoding="utf-8-sig")
    for said in (TAX, digest, "社会保险费征缴稽核", "read: 3", "quarantined: 1", "payments-2025.csv:4"):
        assert said in text
    assert {row[0] for row in box.ledger() if row[0].startswith("payments:")} == {"payments:tax-core:P1"}


def test_who_handed_in_stands_in_the_ledger_and_no_number_does(box: Box) -> None:
    box.drop(TAX, f"payments-{number(1)}.csv", [payment("P1")])
    box.empty()
    home = Home.open(box.home)
    states = [row.state for row in home.ledger.read(0, 100)]
    (taken,) = [home.ledger.event(row) for row in home.ledger.read(0, 100) if row.topic == "file.Taken.v1"]
    home.close()
    assert isinstance(taken, FileTaken)
    assert taken.envelope.actor == TAX
    assert all(number(1).encode() not in state for state in states)
    everything = [path.read_bytes() for path in (box.folder / TAX / "receipts").iterdir()]
    assert all(number(1).encode() not in content for content in everything)
    assert not [said for said in box.said if "payments-" in said]


def test_the_same_content_again_is_a_repeat_and_its_receipt_says_so(box: Box) -> None:
    rows = [payment(f"P{n}", n) for n in range(5)]
    box.drop(TAX, "payments.csv", rows)
    box.empty()
    before = box.ledger()
    box.drop(TAX, "payments-again.csv", rows)
    box.empty()
    assert box.ledger() == before
    again, first = box.receipts(TAX)
    assert (counts(first), first["handed_in_before"]) == ({"read": 5, "appended": 5}, 0)
    assert (counts(again), again["handed_in_before"]) == ({"read": 5, "repeated": 5}, 1)


def test_a_file_of_the_same_name_never_replaces_one_that_was_kept(box: Box) -> None:
    for amount in ("400.00", "380.00", "400.00"):
        box.drop(TAX, "payments.csv", [payment("P1", amount=amount)])
        box.empty()
    assert len(box.names(TAX, "done")) == 3
    kept = [path.read_text(encoding="utf-8") for path in (box.folder / TAX / "done").iterdir()]
    assert sorted("380.00" in text for text in kept) == [False, False, True]


def test_a_foreign_file_under_the_name_to_come_is_not_overwritten(box: Box) -> None:
    path = box.drop(TAX, "payments.csv", [payment("P1")])
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    (box.folder / TAX / "done").mkdir()
    planted = box.folder / TAX / "done" / f"20260120-120000_{digest[:8]}_payments.csv"
    planted.write_text("somebody's")
    box.empty()
    assert planted.read_text() == "somebody's"
    assert box.names(TAX, "done") == ["payments.csv", "payments~2.csv"]
    assert str(box.receipt(TAX)["kept_as"]).endswith("payments~2.csv")


REFUSED: dict[str, tuple[str, bytes]] = {
    "no type": ("list.csv", b"a,b\n1,2\n"),
    "no format": ("payments.docx", b"PK"),
    "empty": ("payments.csv", b""),
    "a type of another department": ("collectors.csv", b"record_id\n1\n"),
    "settings, which are not a department's": ("policy.yaml", b"- kind: tariff\n"),
    "every row refused": ("payments-1.csv", b"record_id,amount\n1,x\n2,y\n"),
    "not what its name says": ("payments.xlsx", b"not a workbook"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_taken_goes_back_with_the_reason(box: Box, case: str) -> None:
    name, content = REFUSED[case]
    box.terms(TAX, "types: [payments, refunds]\n")
    box.drop(TAX, name, content)
    assert box.empty().refused == 1
    assert (box.left(TAX), box.names(TAX, "done"), box.names(TAX, "refused")) == (["department.yaml"], [], [name])
    found = box.receipt(TAX)
    assert (found["outcome"], found["sha256"]) == ("refused", hashlib.sha256(content).hexdigest())
    rows = found["refused_rows"]
    assert found["reason_zh"] or (isinstance(rows, list) and rows and rows[0]["reason_zh"])
    assert not {row[0] for row in box.ledger() if row[0].startswith("policy:")}


def test_links_and_pipes_are_not_followed(box: Box, tmp_path: Path) -> None:
    outside = write_csv(tmp_path / "payments-secret.csv", [payment("P1")])
    (box.folder / TAX).mkdir()
    (box.folder / TAX / "payments.csv").symlink_to(outside)
    os.mkfifo(box.folder / TAX / "payments-2.csv")
    assert box.empty().refused == 2
    assert box.ledger() == set()
    assert outside.exists()
    assert {found["sha256"] for found in box.receipts(TAX)} == {""}


@pytest.mark.parametrize("name", ["done", "refused", "receipts"])
def test_a_link_in_place_of_a_folder_for_answers_leads_nowhere(box: Box, tmp_path: Path, name: str) -> None:
    box.drop(TAX, "payments.csv", [payment("P1")])
    (tmp_path / "elsewhere").mkdir()
    (box.folder / TAX / name).symlink_to(tmp_path / "elsewhere")
    assert list(box.empty().blocked) == [TAX]
    assert (list((tmp_path / "elsewhere").iterdir()), "payments.csv" in box.left(TAX)) == ([], True)


def test_one_department_in_disorder_does_not_hold_up_the_others(box: Box) -> None:
    box.terms(TAX, "types: [parcels]\n")
    box.drop(TAX, "payments.csv", [payment("P1")])
    box.drop(TOWN, "cash-receipts.csv", [receipt("R1")])
    inbox = box.empty()
    assert inbox.counts == {"cash-receipts": Counts(1, 1)}
    assert "parcels" in inbox.blocked[TAX].en
    assert box.left(TAX) == ["department.yaml", "payments.csv"]
    box.terms(TAX, "types: [payments]\n")
    assert box.empty().blocked == {}
    assert box.names(TAX, "done") == ["payments.csv"]


@pytest.mark.parametrize(
    "text", ["[", "types: payments\n", "type: payments\n", "source: [1]\n", 'source: "a\\nb"\n', "- 1\n", "&a [*a]\n"]
)
def test_a_department_yaml_of_another_form_is_named(box: Box, text: str) -> None:
    box.terms(TAX, text)
    box.drop(TAX, "payments.csv", [payment("P1")])
    inbox = box.empty()
    assert f"{TAX}/department.yaml" in inbox.blocked[TAX].zh
    assert box.left(TAX) == ["department.yaml", "payments.csv"]


def test_a_department_of_one_type_may_name_its_files_as_it_likes(box: Box) -> None:
    box.terms(TOWN, "types: [cash-receipts]\n")
    box.drop(TOWN, "十月台账.csv", [receipt("R1")])
    assert box.empty().counts == {"cash-receipts": Counts(1, 1)}


def test_a_type_is_known_by_its_chinese_name_too(box: Box) -> None:
    box.drop(TOWN, "现金征缴登记台账-十月.csv", [receipt("R1")])
    box.drop(TAX, "缴费明细.csv", [payment("P1")])
    assert box.empty().counts == {"cash-receipts": Counts(1, 1), "payments": Counts(1, 1)}


def test_headings_of_a_departments_own_are_read(box: Box) -> None:
    rows = [{("钱数" if name == "amount" else name): value for name, value in payment("P1").items()}]
    box.drop(TAX, "payments.csv", rows)
    box.drop(TAX, "mapping.yaml", "payments: {钱数: amount}\n".encode())
    assert box.empty().counts == {"payments": Counts(1, 1)}
    box.drop(TAX, "mapping.yaml", "payments: {钱数: money}\n".encode())
    box.drop(TAX, "payments.csv", rows)
    assert f"{TAX}/mapping.yaml" in box.empty().blocked[TAX].zh


def test_registers_are_taken_before_what_names_them(box: Box) -> None:
    box.drop("a", "cash-receipts.csv", [receipt("R1", collector_id="吐尔逊")])
    row = {"record_id": "C01", "name": "吐尔逊", "division": "653123100201", "role": "village-agent"}
    box.drop("z", "collectors.csv", [row | {"appointed_on": "2025-01-01"}])
    box.empty()
    (state,) = [row[3] for row in box.ledger() if row[0].startswith("cash-receipts:")]
    assert b'"collector_id":"C01"' in state


NAMES = ["payments-'; DROP.csv", "payments- a  b .csv", "payments-%3A:#.csv", "payments-\u202eg.csv", "payments-\n.csv"]


@pytest.mark.parametrize("raw", [*map(os.fsencode, NAMES), "payments-十月.csv".encode("gbk"), b"payments-\xff\xfe.csv"])
def test_a_file_with_an_odd_name_is_taken_and_kept_under_a_name_that_can_be_shown(box: Box, raw: bytes) -> None:
    path = box.drop(TAX, "payments.csv", [payment("P1")])
    path.rename(path.with_name(os.fsdecode(raw)))
    assert box.empty().counts == {"payments": Counts(1, 1)}
    (kept,) = (box.folder / TAX / "done").iterdir()
    assert kept.name.isprintable()
    assert box.left(TAX) == []
    assert str(box.receipt(TAX)["file"]).isprintable()


def test_the_longest_name_is_cut_and_taken(box: Box) -> None:
    box.drop(TAX, f"payments-{'台' * 80}.csv", [payment("P1")])
    assert box.empty().counts == {"payments": Counts(1, 1)}
    assert box.names(TAX, "done")[0].endswith("台.csv")


def test_a_folder_whose_name_cannot_stand_in_the_ledger_is_named(box: Box) -> None:
    (box.folder / os.fsdecode("局".encode("gbk"))).mkdir()
    (box.folder / "payments.csv").write_text("record_id\n")
    assert sorted(box.empty().blocked) == [".", "局"]


def test_the_figures_add_up(box: Box) -> None:
    box.drop(TAX, "payments.csv", [payment(f"P{n}", n) for n in range(4)] + [payment("P9", amount="x")])
    box.drop(TAX, "photo.jpg", b"x")
    box.drop(TAX, "payments-2.csv.part", [payment("P1")])
    box.empty()
    assert box.registry.value(figures.FILES, department=TAX, outcome="taken") == 1
    assert box.registry.value(figures.FILES, department=TAX, outcome="refused") == 1
    assert box.registry.total(figures.ROWS, type="payments") == 5
    assert box.registry.value(figures.LEFT_ALONE, department=TAX) == 1
    assert box.registry.value(figures.WAITING_FILES) == 0


def test_the_command_ends_by_itself_and_with_1_where_something_was_refused(box: Box) -> None:
    box.drop(TAX, "payments.csv", [payment("P1")])
    command = ("--home", box.home, "consume", "--inbox", box.folder, "--until-idle", "0", "--json")
    first = run(*command)
    assert (first.code, json.loads(first.out)["payments"]["appended"]) == (0, 1), first.err
    box.drop(TAX, "photo.jpg", b"x")
    (box.folder / TAX / "photo.jpg.done").touch()
    assert run(*command).code == 1
    assert box.left(TAX) == []
    assert run("--home", box.home, "consume", "--inbox", box.folder / "nowhere").code == 2
