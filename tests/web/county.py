"""A small county with lists for two townships, an office and discipline inspection, and an account for every role."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from fastapi import FastAPI
from starlette.testclient import TestClient

from casework.cases import issuing
from casework.cases.drawing import draw_lists
from casework.live.form import Account, LiveFiles
from casework.live.rounds import since_first_seen
from casework.users.accounts import Place, add
from casework.users.signing_in import sign_in_by_provider
from casework.users.writing import By
from domain.cases.list_state import ListState
from ledger.home import Home
from risk.screening import FINDINGS as SCHEMA
from tests.casework.cases.answered import line
from tests.casework.cases.made import NOW, TOWNSHIP, cases_of, screened
from tests.county import data_folder, number, payment, receipt, take
from tests.risk.scoring.rows import finding, findings
from web.app import create
from web.frame.sessions import COOKIE
from web.frame.settings import WebSettings

LATER = NOW + timedelta(hours=1)
OTHER_TOWNSHIP, OFFICE = "653123102", "medical-insurance"
PAYLOAD = "<script>alert('明')</script>"
"""What somebody hostile puts into whatever is imported."""
PLACES = {
    "analyst": Place("analyst"),
    "approver": Place("approver"),
    "clerk": Place("clerk", TOWNSHIP),
    "leader": Place("leader", TOWNSHIP),
    "inspector": Place("inspector"),
    "working-group": Place("working-group"),
    "liaison": Place("liaison", department=OFFICE),
    "sysadmin": Place("sysadmin"),
    "secadmin": Place("secadmin"),
    "auditor": Place("auditor"),
    "neighbour": Place("clerk", OTHER_TOWNSHIP),
}
"""Account to its role and place: one of each role, named like it, and the clerk of another township."""
FINDINGS = (
    finding(reason_zh=f"1 笔登记现金无对应缴费 {PAYLOAD}", evidence=[line(1), "payments:tax-core:P001@1"]),
    finding(subject_id="V02", amount_at_risk_fen=120_000, severity="high", evidence=[line(2)]),
    finding(
        subject_id=PAYLOAD, township=OTHER_TOWNSHIP, village="653123102201", evidence=[line(3)]
    ),
    finding(subject_id="V04", addressee="discipline", evidence=[line(4), "complaints:t:J9@1"]),
    finding(
        subject_type="office", subject_id=OFFICE, category="process", addressee=OFFICE,
        evidence=[line(5)],
    ),
)  # fmt: skip


class County(NamedTuple):
    """The county, its application and its lists."""

    home: Home
    app: FastAPI
    own: ListState
    """Issued to TOWNSHIP, two items."""
    other: ListState
    """Issued to OTHER_TOWNSHIP."""
    office: ListState
    discipline: ListState
    waiting: ListState
    """Drawn up for TOWNSHIP, not issued."""
    signed_in: dict[str, TestClient]
    """Browsers of accounts, for tests that ask often."""


def make_county(folder: Path) -> None:
    """Make the county's home in a folder; nothing was answered yet, and nobody has a password."""
    with Home.open(folder / "home") as home:
        _fill(home, folder)


def county_in(folder: Path, original: Path) -> County:
    """Open a copy of a county that was made."""
    shutil.copytree(original / "home", folder / "home")
    home = Home.open(folder / "home")
    lists = cases_of(home).lists()
    by_addressee = {state.to or f"waiting {state.code}": state for state in lists.values()}
    return County(
        home, create(home, WebSettings(clock=lambda: LATER)), by_addressee[TOWNSHIP],
        by_addressee[OTHER_TOWNSHIP], by_addressee[OFFICE], by_addressee["discipline"],
        by_addressee[f"waiting {TOWNSHIP}"], {},
    )  # fmt: skip


def _fill(home: Home, folder: Path) -> None:
    take(home, _data(folder))
    screened(home, *FINDINGS)
    names = [each.id for each in draw_lists(cases_of(home, "analyst")).lists]
    for name in names:
        issuing.approve(cases_of(home, "approver"), name)
        issuing.issue(cases_of(home, "analyst"), name)
    screened(home, *FINDINGS, finding(subject_id="V05", evidence=[line(1)]))
    draw_lists(cases_of(home, "analyst"))
    _leave_live(home)
    by = By("sysadmin", NOW)
    for user, place in PLACES.items():
        add(home, user, place, by)


def _leave_live(home: Home) -> None:
    """Leave findings as a process does that screened while records came, until it was stopped."""
    found = since_first_seen(findings(*FINDINGS).select(SCHEMA.names).cast(SCHEMA), None, NOW)
    files = LiveFiles(home.folder)
    files.make()
    account = Account(
        position=home.ledger.head(), as_of=NOW.date(), finished_at=NOW, seconds=2.0, outcomes={"A01": "found 5"},
        since=NOW, looked_at=NOW, findings="", stopped_at=NOW,
    )  # fmt: skip
    files.put(account, found)


def browser(county: County, user: str | None = None) -> TestClient:
    """Return a browser, signed in where a user is named."""
    client = TestClient(county.app, follow_redirects=False, headers={"sec-fetch-site": "same-origin"})
    if user is not None:
        client.cookies.set(COOKIE, sign_in_by_provider(county.home, user, LATER).secret)
    return client


def _data(folder: Path) -> Path:
    divisions = [
        {"record_id": "653123", "name": "英吉沙县"},
        {"record_id": TOWNSHIP, "name": f"萨罕镇{PAYLOAD}"},
        {"record_id": OTHER_TOWNSHIP, "name": "芒辛镇"},
        {"record_id": "653123103201", "name": f"村{PAYLOAD}"},
    ]
    collectors = [
        {
            "record_id": record, "name": f"买买提{PAYLOAD}", "id_number": number(sequence), "role": "village-agent",
            "division": "653123103201", "appointed_on": "2025-01-01",
        }
        for record, sequence in (("V01", 7), ("V02", 8))
    ]  # fmt: skip
    return data_folder(
        folder / "data",
        divisions=divisions,
        collectors=collectors,
        cash_receipts=[receipt(f"R00{n}", n, payer_name=f"买买提{PAYLOAD}") for n in range(1, 6)],
        payments=[payment("P001", 1)],
    )
