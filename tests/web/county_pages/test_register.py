"""A township keeps its cash register on the page: keyed in, imported, corrected as a next version, scans by hash."""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Mapping
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from casework.registers.lines import Became, Handing, record_id, take_workbook, workbook_name
from domain.cases.access import AccessRecorded
from domain.errors import Malformed, Refused
from domain.records.cash_receipts import CashReceiptAmended, CashReceiptRecorded
from domain.register import RegisterPageScanned
from ledger.home import Home
from tests.casework.cases.made import NOW, TOWNSHIP
from tests.county import number, receipt, write_csv
from tests.web.county import OTHER_TOWNSHIP, County, browser

VILLAGE = f"{TOWNSHIP}201"
HEAD = {
    "page": "3-12", "day": "2025-11-06", "collector": "V01", "village": VILLAGE, "fee": "resident-medical",
    "year": "2026",
}  # fmt: skip
EMPTY = {f"{name}.{place}": "" for name in ("payer_id", "payer_name", "amount", "receipt_no") for place in (0, 1)}
PATH = f"/register/{TOWNSHIP}"
NAME = "阿依古丽"


def cells(place: int, **changes: str) -> dict[str, str]:
    row = {
        "serial": str(place + 1), "payer_id": number(200 + place), "payer_name": NAME, "amount": "400",
        "receipt_no": f"N{place}", "persons": "1", "payer_signed": "yes", "collector_signed": "yes",
    }  # fmt: skip
    return {f"{name}.{place}": value for name, value in (row | changes).items()}


def lines_of(home: Home) -> list[CashReceiptRecorded]:
    events = [home.ledger.event(row) for row in home.ledger.of_type("cash-receipts")]
    return [each for each in events if isinstance(each, CashReceiptRecorded) and each.division == VILLAGE]


def key(client: TestClient, **rows: str | Mapping[str, str]) -> tuple[int, str]:
    form = HEAD | {name: value for name, value in rows.items() if isinstance(value, str)}
    for each in rows.values():
        form |= each if isinstance(each, Mapping) else {}
    answered = client.post(f"{PATH}/keying", data=form)
    return answered.status_code, answered.text


def png() -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")


def test_a_page_is_keyed_in_and_keying_it_again_is_harmless(own_county: County) -> None:
    clerk = browser(own_county, "clerk")
    assert "3-12" in clerk.get(f"{PATH}/keying").text
    status, text = key(clerk, one=cells(0), two=cells(1))
    assert (status, "新登记 2 行" in text) == (200, True)
    status, text = key(clerk, one=cells(0), two=cells(1))
    assert (status, "与已有相同 2 行" in text) == (200, True)
    first, second = lines_of(own_county.home)
    assert first.record_id == f"{VILLAGE}-3-12-1-1-resident-medical"
    assert (first.amount_fen, first.page, first.collector_id, first.timed) == (40_000, "3-12", "V01", False)
    assert (second.payer_signed, second.village_signed) == (True, False)
    assert first.envelope.actor == "clerk"
    shown = clerk.get(PATH).text
    assert "800.00" in shown
    stored = b"".join(row.state for row in own_county.home.ledger.of_type("cash-receipts"))
    assert NAME not in shown
    assert NAME.encode() not in stored
    assert number(200).encode() not in stored


def test_a_line_that_cannot_be_stays_in_the_form_with_its_reason_and_the_good_ones_are_taken(
    own_county: County,
) -> None:
    clerk, head = browser(own_county, "clerk"), own_county.home.ledger.head()
    status, text = key(clerk, one=cells(0, amount="4百"), two=cells(1, payer_name=""))
    assert status == 400
    assert "应为金额" in text or "amount" in text
    assert 'value="4百"' in text
    assert own_county.home.ledger.head() == head
    status, text = key(clerk, one=cells(0, amount="-1"), two=cells(1), three=cells(2, persons="很多"))
    assert status == 400
    assert "新登记 1 行" in text
    assert [each.record_id.split("-")[4] for each in lines_of(own_county.home)] == ["2"]
    assert not own_county.home.ledger.of_type("refused")


@pytest.mark.parametrize(
    "changes",
    [
        {"village": f"{OTHER_TOWNSHIP}201"}, {"village": ""}, {"page": "12"}, {"collector": ""},
        {"fee": "flexible-medical"}, {"serial.0": "一"}, {"serial.0": "2"}, EMPTY, {"year": "今年"}, {"day": "昨天"},
    ],
)  # fmt: skip
def test_a_page_that_names_no_place_in_the_book_records_nothing(county: County, changes: dict[str, str]) -> None:
    clerk = browser(county, "clerk")
    head = county.home.ledger.head()
    assert clerk.post(f"{PATH}/keying", data=HEAD | cells(0) | cells(1) | changes).status_code == 400
    assert county.home.ledger.head() == head


def test_a_correction_is_the_next_version_and_says_what_changed(own_county: County) -> None:
    clerk = browser(own_county, "clerk")
    key(clerk, one=cells(0))
    record = lines_of(own_county.home)[0].record_id
    path = f"{PATH}/lines/{record}?source=township-ledger"
    page = clerk.get(path)
    assert page.status_code == 200, page.text
    form = {
        "payer_id": number(200), "payer_name": NAME, "fee": "resident-medical", "fee_year": "2026", "amount": "380.00",
        "received_at": "2025-11-06", "collector_id": "V01", "division": VILLAGE, "receipt_no": "N0",
        "signed": ["payer_signed", "collector_signed"],
    }  # fmt: skip
    assert clerk.post(path, data=form).headers["location"].endswith("done=amended")
    assert clerk.post(path, data=form).headers["location"].endswith("done=repeated")
    first, second = lines_of(own_county.home)
    assert isinstance(second, CashReceiptAmended)
    assert (first.amount_fen, second.amount_fen, second.changed) == (40_000, 38_000, ("amount_fen",))
    assert (second.page, second.persons) == ("3-12", 1)
    shown = clerk.get(path).text
    assert "400.00" in shown
    assert "380.00" in shown
    assert clerk.post(path, data=form | {"amount": "400"}).headers["location"].endswith("done=amended")
    assert [each.amount_fen for each in lines_of(own_county.home)] == [40_000, 38_000, 40_000]
    refused = clerk.post(path, data=form | {"payer_id": number(900), "payer_name": "另一人"})
    assert refused.status_code == 400
    assert "另一人" in refused.text
    assert clerk.post(path, data=form | {"division": f"{OTHER_TOWNSHIP}201"}).status_code == 400
    assert browser(own_county, "leader").post(path, data=form | {"amount": "1"}).status_code == 403
    assert len(lines_of(own_county.home)) == 3


def test_a_workbook_is_taken_whole_or_told_line_by_line_and_never_for_another_township(
    own_county: County, tmp_path: Path
) -> None:
    handing = Handing("clerk", NOW, "township-ledger", TOWNSHIP)

    def taken(*rows: dict[str, object]) -> Became:
        return take_workbook(own_county.home, write_csv(tmp_path / "台账.csv", rows), handing)

    own = [receipt(f"W{n}", 300 + n, division=VILLAGE) for n in range(3)]
    head = own_county.home.ledger.head()
    with pytest.raises(Refused, match=TOWNSHIP):
        taken(own[0], receipt("W9", 309, division=f"{OTHER_TOWNSHIP}201"))
    assert own_county.home.ledger.head() == head
    first, again = taken(own[0], own[1] | {"amount": "四百"}, own[2]), taken(own[0], own[1], own[2])
    assert (first.read, first.appended, [each.line for each in first.refusals]) == (3, 2, [3])
    assert (again.read, again.appended, again.repeated) == (3, 1, 2)
    assert {each.record_id for each in lines_of(own_county.home)} == {"W0", "W1", "W2"}


@pytest.mark.parametrize("name", ["policy.yaml", "台账.exe", "", "台账.xlsx.php"])
def test_what_is_no_table_is_no_register(name: str) -> None:
    with pytest.raises(Malformed):
        workbook_name(name)
    assert workbook_name("C:\\共享\\2025 台账:1.XLSX") == "2025 台账1.xlsx"


def test_scans_are_kept_by_their_hash_and_given_to_who_may_see_the_register(own_county: County) -> None:
    clerk, content = browser(own_county, "clerk"), png()

    def hand_in(body: bytes, page: str = "3-12") -> int:
        answered = clerk.post(f"{PATH}/scans", data={"page": page}, files={"file": ("a.png", body)})
        return int(answered.status_code)

    assert (hand_in(content), hand_in(content)) == (303, 303)
    (row,) = own_county.home.ledger.of_type("register-scans")
    event = own_county.home.ledger.event(row)
    assert isinstance(event, RegisterPageScanned)
    assert (event.scan, event.kind, event.page) == (hashlib.sha256(content).hexdigest(), "PNG", "3-12")
    assert own_county.home.objects.get(event.scan) == content
    assert clerk.get(f"{PATH}/scans/{event.scan}").content == content
    assert browser(own_county, "analyst").get(f"{PATH}/scans/{event.scan}").content == content
    neighbour = browser(own_county, "neighbour")
    assert neighbour.get(f"{PATH}/scans/{event.scan}").status_code == 403
    looks = [own_county.home.ledger.event(each) for each in own_county.home.ledger.of_type("access")]
    scans = [each for each in looks if isinstance(each, AccessRecorded) and each.kind == "scan"]
    assert [each.envelope.actor for each in scans] == ["clerk", "analyst"]
    assert {each.subjects for each in scans} == {(f"file:{event.scan}",)}
    assert neighbour.get(f"/register/{OTHER_TOWNSHIP}/scans/{event.scan}").status_code == 404
    assert (hand_in(b"MZ program"), hand_in(content[:-4]), hand_in(content, " ")) == (400, 400, 400)
    assert "3-12" in clerk.get(PATH).text
    assert len(own_county.home.ledger.of_type("register-scans")) == 1


def test_a_township_is_led_to_its_own_register_and_sees_no_other(county: County) -> None:
    assert browser(county, "clerk").get("/register").headers["location"] == PATH
    for path in ("", "/keying", "/lines.csv", "/lines/R001?source=township-ledger"):
        assert browser(county, "neighbour").get(f"{PATH}{path}").status_code == 403
    assert browser(county, "liaison").get("/register").status_code == 403
    assert browser(county, "analyst").get("/register/653123999").status_code == 404
    foreign = f"/register/{OTHER_TOWNSHIP}/lines/R001?source=township-ledger"
    assert browser(county, "analyst").get(foreign).status_code == 404


def test_the_id_of_a_keyed_line_is_that_of_the_same_line_in_a_workbook() -> None:
    made = record_id(VILLAGE, "第3册第12页", "7", "resident-medical")
    assert made == f"{VILLAGE}-3-12-1-7-resident-medical"
    for page, serial in (("12", "7"), ("", "7"), ("3-12", ""), ("3-12", "7.2"), ("3-12", "七")):
        with pytest.raises(Malformed):
            record_id(VILLAGE, page, serial, "resident-medical")
