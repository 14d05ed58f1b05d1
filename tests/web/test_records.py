"""Data, quarantine, ledger, access log and status through the pages."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from openpyxl import load_workbook

from consumers.inbox.claims import Counts
from consumers.inbox.receipts import JSON, Receipt, as_json
from domain.cases.access import EXPORT, MASKED_LISTS, RELEASE
from ledger.access import Access
from projections.lake.manifest import Manifest, Part, write_manifest
from tests.county import number, payment, take, write_csv, write_dataset
from tests.web.county import LATER, PAYLOAD, County, browser
from web.app import create
from web.frame.settings import WebSettings
from web.records.paging import ROWS

REFUSED = "四百"
WHY = "核对原始台账第3页"


def handed_in(county: County, folder: Path, *rows: dict[str, object], source: str = "tax-core") -> None:
    """Hand payments in, as a folder of its own."""
    folder.mkdir()
    write_dataset(folder)
    text = (folder / "dataset.yaml").read_text(encoding="utf-8").replace("tax-core", source)
    (folder / "dataset.yaml").write_text(text, encoding="utf-8")
    write_csv(folder / "payments.csv", rows)
    take(county.home, folder)


def refusals(county: County, user: str = "analyst", query: str = "") -> list[int]:
    text = browser(county, user).get(f"/quarantine{query}").text
    return [int(each) for each in re.findall(r'href="/quarantine/(\d+)"', text)]


def looked(county: County) -> list[tuple[str, str, str]]:
    """Return actor, purpose and reason of every look, by the auditor's file."""
    answered = browser(county, "auditor").get("/access.csv").text.lstrip("\ufeff")
    return [(row["谁"], row["目的"], row["理由"]) for row in csv.DictReader(StringIO(answered))]


def test_every_row_of_every_file_is_accounted_for(own_county: County, tmp_path: Path) -> None:
    handed_in(own_county, tmp_path / "more", payment("P001", 1), payment("P002", 2), payment("P003", 3, amount=REFUSED))
    text = browser(own_county, "analyst").get("/data", params={"type": "payments"}).text
    cells = [re.sub(r"<[^>]*>", "", each) for each in re.findall(r'<td class="number">(.*?)</td>', text)]
    assert cells[:6] == ["3", "1", "1", "0", "1", "0"]
    assert "tester" in text
    assert "tax-core" in text
    everything = browser(own_county, "sysadmin").get("/data").text
    assert "township-ledger" in everything
    assert "cash-receipts.csv" in everything


def test_receipts_say_who_gave_what_for_which_purpose_and_exports_what_left(county: County, tmp_path: Path) -> None:
    receipt = Receipt(
        "医保局", f"应缴{PAYLOAD}.csv", 10, "ab" * 32, "rosters", "hsa", "核对参保人员", "2026-01-20T10:00:00+08:00",
        "consume", "taken", "done/x", 0, Counts(5, 4, 0, 0, 1, 0, 0), "", "", [], 0,
    )  # fmt: skip
    folder = tmp_path / "inbox" / "医保局" / "receipts"
    folder.mkdir(parents=True)
    (folder / f"x{JSON}").write_bytes(as_json(receipt))
    (folder / f"broken{JSON}").write_bytes(b"{")
    (tmp_path / "lake").mkdir()
    parts = [Part(f"payments/{n}", "payments", "653123", 2026, first, first + 9, 600) for n, first in ((1, 1), (2, 11))]
    write_manifest(tmp_path / "lake", Manifest(position=20, parts=tuple(parts)))
    settings = WebSettings(clock=lambda: LATER, inbox=tmp_path / "inbox", lake=tmp_path / "lake")
    seen = County(**county._asdict() | {"app": create(county.home, settings), "signed_in": {}})
    text = browser(seen, "inspector").get("/data").text
    assert "核对参保人员" in text
    assert "医保局" in text
    assert "<script>alert" not in text
    assert re.search(r"<code>payments</code></td>.*>2<.*>1200<.*>1–20<", text)
    assert "核对参保人员" not in browser(county, "inspector").get("/data").text


def test_a_refused_row_is_seen_for_a_reason_corrected_and_released(own_county: County, tmp_path: Path) -> None:
    row = payment("P003", 3, amount=f"{REFUSED}{PAYLOAD}", payer_name="阿不都")
    handed_in(own_county, tmp_path / "more", row)
    analyst, (position,) = browser(own_county, "analyst"), refusals(own_county)
    page = analyst.get(f"/quarantine/{position}").text
    assert "阿不都" not in page
    assert number(3) not in page
    assert "<script>alert" not in page
    assert analyst.post(f"/quarantine/{position}/text", data={"why": " "}).status_code == 400
    shown = analyst.post(f"/quarantine/{position}/text", data={"why": WHY}).text
    assert "阿不都" in shown
    assert "<script>alert" not in shown
    assert ("analyst", "更正并放行被拒记录", WHY) in looked(own_county)
    wrong = analyst.post(f"/quarantine/{position}/release", data={"corrections": "amount=viel", "why": WHY})
    assert wrong.status_code == 409
    good = {"corrections": "amount=400.00\n", "why": WHY}
    assert analyst.post(f"/quarantine/{position}/release", data=good).status_code == 303
    assert "payments:tax-core:P003" in own_county.home.ledger.versions(["payments:tax-core:P003"])
    assert refusals(own_county) == []
    assert refusals(own_county, query="?state=released") == [position]
    assert analyst.post(f"/quarantine/{position}/release", data=good).status_code == 409


def test_a_refused_row_that_came_again_corrected_asks_no_longer(own_county: County, tmp_path: Path) -> None:
    handed_in(own_county, tmp_path / "more", payment("P003", 3, amount=REFUSED), payment("P004", 4, amount=REFUSED))
    came, waits = sorted(refusals(own_county))
    handed_in(own_county, tmp_path / "again", payment("P003", 3))
    assert refusals(own_county) == [waits]
    assert refusals(own_county, query="?state=came") == [came]
    assert sorted(refusals(own_county, query="?state=all")) == [came, waits]
    assert "已另行收到" in browser(own_county, "analyst").get(f"/quarantine/{came}").text
    assert "1 条待更正" in browser(own_county, "analyst").get("/").text


def test_a_file_that_cannot_be_read_is_dismissed_on_its_page_and_asks_no_longer(
    own_county: County, tmp_path: Path
) -> None:
    handed_in(own_county, tmp_path / "more", payment("P103", 3))
    (tmp_path / "more" / "refunds.xlsx").write_bytes(b"no workbook")
    take(own_county.home, tmp_path / "more")
    analyst, (position,) = browser(own_county, "analyst"), refusals(own_county)
    assert "搁置这个文件" in analyst.get(f"/quarantine/{position}").text
    assert "搁置这个文件" not in browser(own_county, "inspector").get(f"/quarantine/{position}").text
    assert analyst.post(f"/quarantine/{position}/dismiss", data={"why": " "}).status_code == 400
    done = analyst.post(f"/quarantine/{position}/dismiss", data={"why": "已另交可读的文件"})
    assert done.headers["location"] == f"/quarantine/{position}?done=dismissed"
    assert "已搁置" in analyst.get(f"/quarantine/{position}").text
    assert refusals(own_county) == []
    assert refusals(own_county, query="?state=released") == [position]
    assert analyst.post(f"/quarantine/{position}/dismiss", data={"why": WHY}).status_code == 404


def test_the_refusal_that_is_released_is_the_one_on_the_page(own_county: County, tmp_path: Path) -> None:
    for n in (1, 2):
        handed_in(own_county, tmp_path / f"more{n}", payment(f"P10{n}", n, amount=REFUSED))
    later, earlier = refusals(own_county)
    analyst, good = browser(own_county, "analyst"), {"corrections": "amount=400", "why": WHY}
    assert f"/quarantine/{earlier}" in analyst.get(f"/quarantine/{later}").text
    assert analyst.post(f"/quarantine/{later}/release", data=good).status_code == 409
    assert own_county.home.ledger.versions(["payments:tax-core:P101", "payments:tax-core:P102"]) == {}
    for position in (earlier, later):
        assert analyst.post(f"/quarantine/{position}/release", data=good).status_code == 303
    assert len(own_county.home.ledger.versions(["payments:tax-core:P101", "payments:tax-core:P102"])) == 2


def test_a_liaison_sees_its_own_source_alone_and_an_export_is_recorded(own_county: County, tmp_path: Path) -> None:
    handed_in(own_county, tmp_path / "others", payment("P101", 1, amount="=1+1"))
    handed_in(own_county, tmp_path / "own", payment("P102", 2, amount=REFUSED), source="medical-insurance")
    own, other = refusals(own_county)
    liaison = browser(own_county, "liaison")
    assert refusals(own_county, "liaison") == [own]
    assert liaison.get(f"/quarantine/{own}").status_code == 200
    assert liaison.get(f"/quarantine/{other}").status_code == 404
    assert liaison.post(f"/quarantine/{own}/release", data={"corrections": "", "why": WHY}).status_code == 403
    exported = liaison.post("/quarantine/export", data={"why": WHY}).text
    assert "P102" in exported
    assert "P101" not in exported
    analyst = browser(own_county, "analyst")
    assert analyst.post("/quarantine/export", data={}).status_code == 400
    answered = analyst.post("/quarantine/export?type=payments", data={"why": WHY})
    rows = list(csv.DictReader(StringIO(answered.text.lstrip("\ufeff"))))
    assert {row["record_id"] for row in rows} == {"P101", "P102"}
    assert not any(cell.startswith("=") for row in rows for cell in row.values())
    assert {("liaison", "导出隔离区", WHY), ("analyst", "导出隔离区", WHY)} <= set(looked(own_county))


def test_a_stream_shows_its_versions_and_what_changed(own_county: County, tmp_path: Path) -> None:
    handed_in(own_county, tmp_path / "more", payment("P001", 1, amount="380.00"))
    auditor = browser(own_county, "auditor")
    text = auditor.get("/ledger/stream", params={"id": "payments:tax-core:P001"}).text
    assert "版本 2" in text
    assert "amount_fen" in text
    assert "40000" in text
    assert "38000" in text
    assert auditor.get("/ledger/stream", params={"id": "payments:tax-core:none"}).status_code == 404


def test_events_are_browsed_from_the_end_to_the_first_each_once(county: County) -> None:
    auditor, where, seen = browser(county, "auditor"), "/ledger/events", list[int]()
    head = county.home.ledger.head()
    while where:
        text = auditor.get(where).text
        seen += [int(each) for each in re.findall(r'<td class="number"><a href="/ledger/events/(\d+)"', text)]
        found = re.search(r'<a class="button" href="([^"]+)">更早', text)
        where = found.group(1) if found else ""
    assert seen == list(range(head, 0, -1))
    assert auditor.get(f"/ledger/events/{county.home.ledger.head() + 1}").status_code == 404
    assert auditor.get("/ledger/events/0").status_code == 404


def test_an_event_is_proved_by_the_script_on_its_page_and_a_changed_one_is_not(county: County, tmp_path: Path) -> None:
    auditor = browser(county, "auditor")
    (tmp_path / "check.py").write_bytes(auditor.get("/ledger/check_proof.py").content)
    head = county.home.ledger.head()
    for position in (1, 2, head // 2, head):
        entry = auditor.get(f"/ledger/events/{position}/entry").content
        (tmp_path / "proof").write_bytes(auditor.get(f"/ledger/events/{position}/proof").content)
        for content, code in ((entry, 0), (entry[:-1] + bytes([entry[-1] ^ 1]), 1)):
            (tmp_path / "entry").write_bytes(content)
            command = [sys.executable, "-S", "-E", *(str(tmp_path / name) for name in ("check.py", "entry", "proof"))]
            ended = subprocess.run(command, check=False, capture_output=True, text=True)
            assert ended.returncode == code, (position, ended.stderr)
            assert ended.stdout.startswith("PROVED" if code == 0 else "NOT PROVED")


def test_an_event_shows_fields_and_no_name(county: County) -> None:
    (first,) = county.home.ledger.versions(["payments:tax-core:P001"])["payments:tax-core:P001"]
    text = browser(county, "inspector").get(f"/ledger/events/{first.position}").text
    assert "amount_fen" in text
    assert "40000" in text
    assert "买买提" not in text
    assert number(1) not in text


def test_the_access_log_pages_each_look_once_filters_and_comes_as_files(own_county: County, tmp_path: Path) -> None:
    subjects = [(f"T{n:03d}", MASKED_LISTS if n % 2 else EXPORT) for n in range(2 * ROWS + 5)]
    for token, purpose in subjects:
        own_county.home.access.record(Access("analyst", f"看{token}", "name", purpose, (token,)))
    auditor, where, seen = browser(own_county, "auditor"), "/access?actor=analyst", list[str]()
    while where:
        text = auditor.get(where).text
        seen += re.findall(r"看(T\d{3})", text)
        found = re.search(r'<a class="button" href="([^"]+)">下一页', text)
        where = found.group(1).replace("&amp;", "&") if found else ""
    assert seen == [token for token, _ in reversed(subjects)]
    one = auditor.get("/access", params={"subject": "T007"}).text
    assert re.findall(r"看(T\d{3})", one) == ["T007"]
    exports = auditor.get("/access.csv", params={"purpose": EXPORT, "actor": "analyst"}).text
    assert len(exports.splitlines()) == 1 + sum(purpose == EXPORT for _, purpose in subjects)
    assert "看T" not in auditor.get("/access", params={"until": "2020-01-01"}).text
    own_county.home.access.record(Access("analyst", "=1+1", "name", RELEASE, ("T1",)))
    (tmp_path / "a.xlsx").write_bytes(auditor.get("/access.xlsx").content)
    sheet = load_workbook(tmp_path / "a.xlsx").active
    assert sheet is not None
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert "=1+1" in [cell.value for cell in cells]
    assert not any(cell.data_type == "f" for cell in cells)


@pytest.mark.parametrize("user", ["sysadmin", "auditor", "analyst", "clerk"])
def test_status_tells_all_what_works_and_who_runs_it_what_to_do(county: County, user: str) -> None:
    text = browser(county, user).get("/status").text
    assert "时钟" in text
    assert "备份" in text
    assert ("mingzhang backup --to" in text) is (user != "clerk")
    assert str(county.home.folder) not in text
