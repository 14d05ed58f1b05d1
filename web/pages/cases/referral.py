"""One referral: approved by a second person, handed over with its files, taken up and ended by the inspectors."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Mapping
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Annotated

import msgspec
from fastapi import APIRouter, Form
from starlette.responses import Response

from casework.cases import referring
from casework.cases.handing_over import hand_over
from casework.cases.referral_file import referral_number
from casework.cases.referring import Result, needed
from casework.cases.store import Cases
from domain.cases import referral
from domain.cases.moves import REFERRAL
from domain.cases.other_states import ReferralState
from domain.cases.outcome import OUTCOMES
from domain.cases.referral import ReferralHandedOver
from domain.errors import Broken, Malformed, Refused
from domain.money import fen_of
from web.frame.downloads import as_file
from web.frame.visit import Visit, Visiting
from web.pages.cases.referrals import READ

router = APIRouter()
ZIP = "application/zip"
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""Of every file in a zip: the day stands in the ledger."""


class ReferredRow(msgspec.Struct, frozen=True):
    """A suspicion of the referral as a line."""

    id: str
    category: str
    severity: str
    state: str
    place: str
    fen: int


class ReferralActions(msgspec.Struct, frozen=True):
    """What may be done now, by who asks."""

    approve: bool
    drop: bool
    hand_over: bool
    take: bool
    end: bool
    files: bool


class ReferralPage(msgspec.Struct, frozen=True):
    """Variables of cases/referral.html."""

    case: ReferralState
    number: str
    """On paper."""
    rows: tuple[ReferredRow, ...]
    actions: ReferralActions
    files: Mapping[str, str]
    """Name of each file that was handed over to its SHA-256."""
    outcomes: tuple[str, ...]
    today: date


@router.get("/referrals/{name}")
def show(visit: Visiting, name: str) -> Response:
    """Show a referral."""
    visit.may(READ)
    cases = visit.cases()
    state = needed(cases, name)
    handed = _handed(cases, name)
    page = ReferralPage(
        case=state,
        number=referral_number(cases, state),
        rows=_rows(visit, state),
        actions=_actions(visit, state),
        files=handed.files if handed is not None else {},
        outcomes=OUTCOMES,
        today=cases.acting.today,
    )
    return visit.page("cases/referral.html", page)


@router.post("/referrals/{name}/approve")
def approve(visit: Visiting, name: str) -> Response:
    """Approve what somebody else prepared."""
    visit.may("referral.approve")
    referring.approve(visit.cases(), name)
    return visit.done(f"/referrals/{name}", "approved")


@router.post("/referrals/{name}/drop")
def drop(visit: Visiting, name: str, reason: Annotated[str, Form()] = "") -> Response:
    """Drop it; its suspicions stand again where they stood."""
    visit.may("referral.prepare")
    referring.drop(visit.cases(), name, reason)
    return visit.done(f"/referrals/{name}", "dropped")


@router.post("/referrals/{name}/hand-over")
def hand(visit: Visiting, name: str) -> Response:
    """Write case file and packs, people masked, and keep them by their hashes for who takes them."""
    visit.may("referral.hand-over")
    cases = visit.cases()
    with tempfile.TemporaryDirectory(prefix="mingzhang-referral-") as folder, visit.service.models:
        hand_over(cases, name, Path(folder))
        for file in sorted(Path(folder).iterdir()):
            cases.home.objects.put(file.read_bytes())
    return visit.done(f"/referrals/{name}", "handed-over")


@router.get("/referrals/{name}/files.zip")
def files(visit: Visiting, name: str) -> Response:
    """Give the files that were handed over, each as its hash in the ledger says."""
    if not visit.permits("referral.receive"):
        visit.may("referral.hand-over")
    cases = visit.cases()
    needed(cases, name)
    handed = _handed(cases, name)
    if handed is None:
        raise Refused(f"移送 {name} 还没有移交，没有文件", f"the referral {name} was not handed over: no files")
    return _zip(f"移送-{name}.zip", _contents(cases, handed.files))


@router.post("/referrals/{name}/take")
def take(visit: Visiting, name: str, on: Annotated[date | None, Form()] = None) -> Response:
    """Take it up."""
    visit.may("referral.receive")
    referring.take(visit.cases(), name, on)
    return visit.done(f"/referrals/{name}", "taken")


@router.post("/referrals/{name}/end")
def end(
    visit: Visiting,
    name: str,
    outcome: Annotated[str, Form()] = "",
    amount: Annotated[str, Form()] = "",
    on: Annotated[date | None, Form()] = None,
    note: Annotated[str, Form()] = "",
) -> Response:
    """Say what came of it."""
    visit.may("referral.receive")
    fen = fen_of(amount.strip() or "0")
    if fen is None or fen < 0:
        raise Malformed(f"金额应为不小于零的数，收到 {amount!r}", f"an amount of 0 or more expected, found {amount!r}")
    referring.end(visit.cases(), name, Result(outcome, on, fen, note))
    return visit.done(f"/referrals/{name}", "ended")


def _handed(cases: Cases, name: str) -> ReferralHandedOver | None:
    events = cases.events(referral.KIND, name)
    return next((event for event in events if isinstance(event, ReferralHandedOver)), None)


def _contents(cases: Cases, named: Mapping[str, str]) -> dict[str, bytes]:
    """Return the files' contents; Refused where they were handed over elsewhere and never came here."""
    try:
        return {name: cases.home.objects.get(digest) for name, digest in named.items()}
    except Broken as error:
        raise Refused(
            "这些文件是用命令行移交的，系统里没有留存；账本记着各文件的摘要，可与收到的文件核对",
            "these files were handed over by the command line and are not kept here; the ledger has their hashes",
        ) from error


def _zip(name: str, contents: Mapping[str, bytes]) -> Response:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for path, content in sorted(contents.items()):
            archive.writestr(zipfile.ZipInfo(path, _EPOCH), content, zipfile.ZIP_DEFLATED)
    return as_file(name, out.getvalue(), ZIP)


def _rows(visit: Visit, state: ReferralState) -> tuple[ReferredRow, ...]:
    known = visit.seen().suspicions
    name = visit.service.places.name
    found = (known[each] for each in state.suspicions if each in known)
    return tuple(
        ReferredRow(
            each.suspicion_id, each.category, each.standing.severity, each.state,
            " ".join(filter(None, (name(each.standing.township), name(each.standing.village)))),
            each.standing.amount_fen,
        )
        for each in found
    )  # fmt: skip


def _actions(visit: Visit, state: ReferralState) -> ReferralActions:
    possible = REFERRAL.possible(state.state)

    def can(move: str, action: str) -> bool:
        return move in possible and visit.permits(action)

    return ReferralActions(
        approve=can("approve", "referral.approve") and state.prepared_by != visit.account.name,
        drop=can("drop", "referral.prepare"),
        hand_over=can("hand-over", "referral.hand-over"),
        take=can("take", "referral.receive"),
        end=can("end", "referral.receive"),
        files=state.handed_on is not None
        and (visit.permits("referral.receive") or visit.permits("referral.hand-over")),
    )
