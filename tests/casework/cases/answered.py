"""A county with one collector, whose cash was partly paid in, and a list about it that the township has answered."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from casework.answers.given import AnswerGiven
from casework.answers.taking import PAPER, Handed, take_answers
from casework.cases import issuing
from casework.cases.drawing import draw_lists
from domain.cases.list_state import ListState
from domain.cases.suspicion import suspicion_id
from ledger.home import Home
from risk.catalogue.rule import load
from tests.casework.cases.made import TODAY, TOWNSHIP, cases_of, screened
from tests.county import data_folder, number, payment, receipt, take
from tests.risk.scoring.rows import finding

COLLECTOR = "艾力江"
PAYER = "买买提2"
PLACE = f"{TOWNSHIP}201"
CASH = suspicion_id("653123", "pocketed-cash", "collector", "V01")
LATE = suspicion_id("653123", "delayed-remittance", "collector", "V01")
SAID = {CASH: "入户问了买买提2，称十一月三日交过现金四百元", LATE: "代收人承认隔了一周才缴"}
SCAN = b"%PDF-1.7 a signed list"


def line(n: int) -> str:
    """Return the event id of a register line."""
    return f"cash-receipts:township-ledger:R00{n}@1"


def county_at(folder: Path) -> Home:
    """Return a home: R001 paid the same day, R002 never, R003 a week late, R004 short, R005 given back."""
    place = {"division": PLACE, "collector_id": "V01"}
    data = data_folder(
        folder / "data",
        cash_receipts=[receipt(f"R00{n}", n, **place, amount="420" if n == 4 else "400") for n in range(1, 6)],
        payments=[
            payment("P001", 1, division=PLACE),
            payment("P003", 3, division=PLACE, paid_at="2025-11-10T10:20:30+08:00", posted_on="2025-11-12"),
            payment("P004", 4, division=PLACE, posted_on=""),
            payment("P006", 6, division=PLACE, posted_on=""),
        ],
        payment_voids=[{"record_id": "Z006", "payment_id": "P006", "voided_at": "2025-11-04T09:00:00+08:00"}],
        entitlements=[
            {"record_id": "E001", "payment_id": "P001", "payer_id": number(1), "fee": "resident-medical",
             "fee_year": 2026, "amount": "400", "recorded_on": "2025-11-06"},
        ],
        refunds=[
            {"record_id": "F005", "payment_id": "R005", "payer_id": number(5), "payer_name": "买买提5",
             "fee": "resident-medical", "fee_year": 2026, "amount": "400", "reason": "other",
             "refunded_at": "2025-11-20T10:00:00+08:00"},
        ],
        collectors=[
            {"record_id": "V01", "name": COLLECTOR, "id_number": number(90), "role": "village-agent", "division": PLACE,
             "appointed_on": "2024-09-01"},
        ],
        duty_acts=[
            {"record_id": "D1", "duty": "welfare-lists", "department": "civil-affairs", "fee": "resident-medical",
             "fee_year": 2026, "done_on": "2025-08-20", "signed": "是", "sealed": "是"},
        ],
        divisions=[
            {"record_id": TOWNSHIP, "name": "萨罕镇"}, {"record_id": PLACE, "name": "一村"},
        ],
    )  # fmt: skip
    home = Home.open(folder / "home")
    report = take(home, data)
    assert not report.refused, report.as_json()
    return home


def screened_twice_over(home: Home) -> None:
    """Record a run that found two kinds of wrong about the collector, with the rule's real text."""
    rule = load()["A01"]
    texts = {"A01": f"{rule.version}:{home.objects.put(rule.sql.encode())}"}
    screened(
        home,
        finding(evidence=[line(2), line(5)], severity="high", village=PLACE),
        finding(
            evidence=[line(3)], category="delayed-remittance", severity="medium", village=PLACE,
            reason_zh="1 笔登记现金事后才缴",
        ),
        changes={"rules": texts, "outcomes": {"A01": "found 2", "H01": "found 1"}},
    )  # fmt: skip


def issued(home: Home) -> ListState:
    """Screen, draw up, approve and issue the list."""
    screened_twice_over(home)
    list_id = draw_lists(cases_of(home)).lists[0].id
    issuing.approve(cases_of(home, "wang"), list_id)
    return issuing.issue(cases_of(home), list_id)


def the_list(home: Home) -> ListState:
    """Return the list that was answered."""
    return min(cases_of(home).lists().values(), key=lambda state: state.list_id)


def answered(home: Home) -> None:
    """Issue the list and take the township's answers to both items, confirmed."""
    state = issued(home)
    given = [
        AnswerGiven(
            item=n, suspicion_id=item.suspicion_id, checked=True, method="visit", checker="张三", second_checker="李四",
            checked_on=TODAY, result="confirmed", cause="violation", statement=SAID[item.suspicion_id],
            measures="责令补缴", repaid_fen=40_000 if item.suspicion_id == CASH else None, responsible="艾力江 协理员",
        )
        for n, item in enumerate(state.items, start=1)
    ]  # fmt: skip
    handed = Handed(PAPER, attachments=(home.objects.put(SCAN),))
    taken = take_answers(cases_of(home, "clerk"), state.list_id, given, handed)
    assert (taken.accepted, taken.problems) == (len(given), ())


@cache
def answered_folder(base: Path) -> Path:
    """Return the folder of an answered home, made once under the tests' own base folder: copy it."""
    folder = base / "answered"
    with county_at(folder) as home:
        answered(home)
    return folder / "home"
