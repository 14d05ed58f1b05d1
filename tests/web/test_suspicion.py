"""One suspicion through its page: followed to its records and their network, commented on, closed by two persons."""

from __future__ import annotations

import csv
import zlib
from datetime import date
from html import unescape
from io import StringIO

import pytest

from domain.cases.moves import SUSPICION
from risk.catalogue.rule import load
from risk.scoring.event_ids import record_of
from tests.casework.cases.answered import line
from tests.casework.cases.made import cases_of
from tests.web.county import PAYLOAD, County, browser
from tests.web.decided import accepted
from tests.web.test_casework import ANSWER, SCAN, item_path
from web.cases.guides import explanations
from web.cases.network import ACCOUNT, COLLECTOR, HOUSEHOLD, MOST, PAYER, Knot, network
from web.cases.pictures import timeline
from web.cases.pieces import Piece
from web.frame.scans import MOST_BYTES


def png(*chunks: tuple[bytes, bytes]) -> bytes:
    """Return a PNG of chunks."""
    parts = (
        len(body).to_bytes(4, "big") + name + body + zlib.crc32(name + body).to_bytes(4, "big")
        for name, body in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


PHOTO = b"\xff\xd8\xff\xe0\x00\x04ab\xff\xda\x00\x02pixels\xff\xd9"
DRAWN = png((b"IHDR", b"x" * 13), (b"IDAT", b"pixels"), (b"IEND", b""))


def item(county: County, place: int = 0) -> str:
    """Return a suspicion of the own list."""
    return county.own.items[place].suspicion_id


def of_subject(county: County, subject: str) -> str:
    """Return the suspicion about a collector."""
    found = cases_of(county.home).suspicions()
    return next(name for name, state in found.items() if state.subject_id == subject)


def test_evidence_leads_to_its_place_in_the_ledger_and_stands_in_the_file(county: County) -> None:
    name = of_subject(county, "V01")
    recorded = county.home.ledger.versions([line(1).rpartition("@")[0]])
    position = next(iter(recorded.values()))[0].position
    inspector = browser(county, "inspector")
    assert f'href="/ledger/events/{position}"' in inspector.get(f"/suspicions/{name}").text
    rows = list(csv.DictReader(StringIO(inspector.get(f"/suspicions/{name}/evidence.csv").content.decode("utf-8-sig"))))
    first = next(row for row in rows if row["编号"] == "R001")
    assert (first["日期"], first["金额（元）"], first["账本位置"]) == ("2025-11-03", "400.00", str(position))
    assert f'href="/ledger/events/{position}"' in browser(county, "analyst").get(f"/suspicions/{name}").text
    text = browser(county, "clerk").get(f"/suspicions/{name}").text
    assert "R001" in text
    assert "/ledger/events/" not in text


def test_who_decides_cases_sees_the_events_of_records_and_no_others(county: County) -> None:
    analyst, ledger = browser(county, "analyst"), county.home.ledger
    record, account = ledger.of_type("cash-receipts")[0].position, ledger.of_type("users")[0].position
    for rest in ("", "/entry", "/proof"):
        assert analyst.get(f"/ledger/events/{record}{rest}").status_code == 200
        assert analyst.get(f"/ledger/events/{account}{rest}").status_code == 403
        assert browser(county, "auditor").get(f"/ledger/events/{account}{rest}").status_code == 200
        assert browser(county, "clerk").get(f"/ledger/events/{record}{rest}").status_code == 403
    assert "/ledger/stream" not in analyst.get(f"/ledger/events/{record}").text


def test_a_newcomer_reads_why_it_was_raised_what_would_clear_it_and_who_acts_by_when(own_county: County) -> None:
    county = own_county
    name = of_subject(county, "V01")
    analyst, clerk = browser(county, "analyst"), browser(county, "clerk")
    first = load()["A01"].card.innocent[0]
    text = analyst.get(f"/suspicions/{name}", params={"lang": "en"}).text
    assert "1 line of cash without a payment" in text
    assert first.en in unescape(text)
    assert first.proof.en in unescape(text)
    assert "receives the list, checks at the door and answers item by item" in text
    clerk.post(f"/lists/{county.own.list_id}/receive")
    assert "，截止 2026-03-17" in analyst.get(f"/suspicions/{name}", params={"lang": "zh"}).text
    number = [item.suspicion_id for item in county.own.items].index(name) + 1
    clerk.post(item_path(county, number), data=ANSWER)
    assert "复核反馈，不得是反馈人" in clerk.get(f"/suspicions/{name}").text
    sent_back = {"decision": "return", "note": "请附收据存根"}
    browser(county, "approver").post(f"/suspicions/{name}/review", data=sent_back)
    due = cases_of(county.home).suspicions()[name].due_on
    assert f"按退回意见再次核查、反馈，截止 {due}" in clerk.get(f"/suspicions/{name}").text


def test_no_complaint_stands_in_what_a_township_takes(county: County) -> None:
    name = of_subject(county, "V04")
    assert "complaints" in browser(county, "inspector").get(f"/suspicions/{name}/evidence.csv").text
    assert browser(county, "clerk").get(f"/suspicions/{name}/evidence.csv").status_code == 404


def test_the_network_is_masked_and_looking_at_it_is_recorded(county: County) -> None:
    name, analyst = of_subject(county, "V01"), browser(county, "analyst")
    head = county.home.ledger.head()
    text = analyst.get(f"/suspicions/{name}/network").text
    assert "V01" in text or "C01" in text
    assert PAYLOAD not in text
    assert "买买提1" not in text
    assert "access.Recorded.v1" in {row.topic for row in county.home.ledger.read(head, 100)}
    assert analyst.get(f"/suspicions/{name}/network.csv").text.count("\n") >= 2
    assert browser(county, "clerk").get(f"/suspicions/{name}/network").status_code == 403


def test_a_network_joins_households_of_several_and_shows_no_more_than_fits() -> None:
    def paid(number: int, account: str) -> Piece:
        record = record_of(f"payments:t:P{number}@1")
        return Piece(record, number, date(2026, 1, 1), 40_000, f"payer{number}", None, "C1", account)

    few = network(Knot(COLLECTOR, "C1"), [paid(1, "a"), paid(2, "a"), paid(3, "b")], {"payer1": "H", "payer2": "H"})
    joined = {(each.first.id, each.second.id, each.how) for each in few.joins}
    assert {("a", "payer1", "paid"), ("a", "payer2", "paid"), ("C1", "payer3", "took")} <= joined
    assert {knot.id for knot in few.knots if knot.sort == HOUSEHOLD} == {"H"}
    alone = network(None, [paid(1, "a")], {"payer1": "H"})
    assert not [knot for knot in alone.knots if knot.sort == HOUSEHOLD]
    many = network(Knot(COLLECTOR, "C1"), [paid(n, f"a{n}") for n in range(200)], {})
    assert (len(many.knots), many.left_out) == (MOST, 401 - MOST)
    assert many.knots[0] == Knot(COLLECTOR, "C1")
    assert {knot.sort for knot in many.knots} <= {COLLECTOR, PAYER, ACCOUNT}


def test_records_over_time_are_counted_by_days_weeks_or_months_and_none_is_lost() -> None:
    def on(day: date, number: int) -> Piece:
        return Piece(record_of(f"payments:t:P{number}@1"), number, day)

    for days, axis in ((range(2, 12), "日期"), (range(1, 200), "周（周一）"), (range(1, 2000, 3), "月")):
        records = [on(date.fromordinal(date(2020, 1, 1).toordinal() + day), day) for day in days]
        drawn = timeline(str, records, str)
        assert drawn is not None
        assert drawn.axis == axis
        assert sum(value or 0 for each in drawn.series for value in each.values) == len(records)
    assert timeline(str, [on(date(2026, 1, 1), 1), Piece(record_of("payments:t:P2@1"))], str) is None


def test_honest_reasons_are_a_list_with_the_paper_that_proves_each_in_both_languages(county: County) -> None:
    name = of_subject(county, "V01")
    rules = cases_of(county.home).suspicion(name).standing.rules
    client = browser(county, "clerk")
    zh, en = client.get(f"/suspicions/{name}").text, client.get(f"/suspicions/{name}?lang=en").text
    assert explanations(rules)
    for each in explanations(rules):
        assert each.zh in zh
        assert each.proof_zh in zh
        assert each.en.split("'")[0] in en
        assert each.proof_en.split("'")[0] in en


def test_the_history_is_told_in_both_languages(own_county: County) -> None:
    name = accepted(own_county)[0]
    analyst = browser(own_county, "analyst")
    assert "结论" not in analyst.get(f"/suspicions/{name}?lang=en").text
    assert f"list {own_county.own.list_id}; " in analyst.get(f"/suspicions/{name}?lang=en").text
    assert f"清单 {own_county.own.list_id}；" in analyst.get(f"/suspicions/{name}?lang=zh").text


def test_a_comment_is_read_by_those_who_decide_and_by_no_township(own_county: County) -> None:
    name, said = item(own_county), f"已电话问过村委会 {PAYLOAD}"
    analyst, inspector = browser(own_county, "analyst"), browser(own_county, "inspector")
    assert analyst.post(f"/suspicions/{name}/comments", data={"text": "  "}).status_code == 400
    done = analyst.post(f"/suspicions/{name}/comments", data={"text": said})
    assert done.headers["location"].endswith("done=commented")
    head = own_county.home.ledger.head()
    assert "已电话问过村委会 &lt;script" in inspector.get(f"/suspicions/{name}").text
    assert "access.Recorded.v1" in {row.topic for row in own_county.home.ledger.read(head, 10)}
    clerk = browser(own_county, "clerk")
    assert clerk.post(f"/suspicions/{name}/comments", data={"text": said}).status_code == 403
    assert "批注" not in clerk.get(f"/suspicions/{name}").text
    stored = b"".join(row.state for row in own_county.home.ledger.of_type("suspicions"))
    assert "已电话问过".encode() not in stored


def test_a_critical_suspicion_is_proposed_by_one_and_closed_by_another(own_county: County) -> None:
    name = accepted(own_county)[0]
    analyst, approver = browser(own_county, "analyst"), browser(own_county, "approver")
    assert approver.post(f"/suspicions/{name}/agree").status_code == 409
    proposed = analyst.post(f"/suspicions/{name}/close", data={"outcome": "confirmed"})
    assert proposed.headers["location"].endswith("done=proposed")
    assert cases_of(own_county.home).suspicion(name).state == "accepted"
    assert "同意办结" not in analyst.get(f"/suspicions/{name}").text
    assert analyst.post(f"/suspicions/{name}/agree").status_code == 403
    assert "同意办结" in approver.get(f"/suspicions/{name}").text
    assert approver.post(f"/suspicions/{name}/agree").headers["location"].endswith("done=closed")
    closed = cases_of(own_county.home).suspicion(name)
    assert (closed.state, closed.outcome, closed.closing) == ("closed", "confirmed", None)


def test_who_proposed_a_closing_does_not_agree_to_it(own_county: County) -> None:
    name, approver = accepted(own_county)[0], browser(own_county, "approver")
    approver.post(f"/suspicions/{name}/close", data={"outcome": "partly"})
    assert approver.post(f"/suspicions/{name}/agree").status_code in (403, 409)
    assert cases_of(own_county.home).suspicion(name).state == "accepted"


def test_what_happens_after_a_proposal_undoes_it_but_a_comment_does_not(own_county: County) -> None:
    name = accepted(own_county)[0]
    analyst, approver = browser(own_county, "analyst"), browser(own_county, "approver")
    analyst.post(f"/suspicions/{name}/close", data={"outcome": "confirmed"})
    approver.post(f"/suspicions/{name}/comments", data={"text": "请再看收据存根"})
    assert cases_of(own_county.home).suspicion(name).closing is not None
    approver.post(f"/suspicions/{name}/review", data={"decision": "escalate", "note": "存疑"})
    assert "escalate" in SUSPICION.possible("accepted")
    assert cases_of(own_county.home).suspicion(name).closing is None
    assert approver.post(f"/suspicions/{name}/agree").status_code == 409


def test_photos_and_scans_are_kept_once_listed_and_given_to_who_sees_the_item(own_county: County) -> None:
    clerk, path, name = browser(own_county, "clerk"), f"{item_path(own_county)}/papers", item(own_county)
    files = [("papers", ("照片.jpg", PHOTO)), ("papers", ("存根.png", DRAWN)), ("papers", ("清单.pdf", SCAN))]
    assert clerk.post(path, files=files).headers["location"].endswith("done=attached")
    assert clerk.post(path, files=files[:1]).headers["location"].endswith("done=repeated")
    papers = cases_of(own_county.home).suspicion(name).papers
    assert [paper.kind for paper in papers] == ["JPEG", "PNG", "PDF"]
    for user in ("clerk", "analyst", "inspector"):
        client, head = browser(own_county, user), own_county.home.ledger.head()
        got = client.get(f"/suspicions/{name}/papers/2")
        assert got.content == DRAWN
        assert got.headers["content-disposition"].startswith("attachment")
        assert "access.Recorded.v1" in {row.topic for row in own_county.home.ledger.read(head, 10)}
    assert clerk.get(f"/suspicions/{name}/papers/4").status_code == 404
    assert browser(own_county, "neighbour").get(f"/suspicions/{name}/papers/2").status_code == 404
    clerk.post(item_path(own_county), data=ANSWER)
    assert f"/suspicions/{name}/papers/3" in browser(own_county, "approver").get(f"/suspicions/{name}").text


@pytest.mark.parametrize(
    "content",
    [
        b"", b"MZ program", b"<svg/>", PHOTO[:-2], b"\xff\xd8\xff\xe0\xff\xffab", DRAWN[:-4], DRAWN + b"more",
        DRAWN.replace(b"pixels", b"pixelz"), b"%PDF-1.7 cut off", SCAN.replace(b"<<>>", b"<</JavaScript 1>>"),
        PHOTO[:-2] + b"x" * MOST_BYTES + b"\xff\xd9",
    ],
)  # fmt: skip
def test_a_file_that_is_no_whole_scan_is_refused(own_county: County, content: bytes) -> None:
    head = own_county.home.ledger.head()
    client = browser(own_county, "clerk")
    refused = client.post(f"{item_path(own_county)}/papers", files={"papers": ("a.jpg", content)})
    assert refused.status_code == 400
    assert {row.topic for row in own_county.home.ledger.read(head, 10)} <= {"user.SignedIn.v1"}
