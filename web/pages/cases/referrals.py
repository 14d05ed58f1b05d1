"""The referrals to discipline inspection, and preparing a new one; no township is told of any."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import msgspec
from fastapi import APIRouter, Form
from starlette.responses import Response

from casework.cases import referring
from domain.cases.other_states import ReferralState
from domain.errors import NotFound
from web.frame.visit import Visit, Visiting

router = APIRouter()
READ = "records.read"
"""The action of those who decide cases, and of no township: who is referred is not told below."""


class ReferralRow(msgspec.Struct, frozen=True):
    """A referral as a line."""

    id: str
    state: str
    suspicions: int
    fen: int
    """At risk, of all its suspicions."""
    prepared_by: str
    prepared_on: date | None
    handed_on: date | None
    outcome: str | None


class ReferralsPage(msgspec.Struct, frozen=True):
    """Variables of cases/referrals.html."""

    rows: tuple[ReferralRow, ...]
    may_prepare: bool
    wanted: str
    """Suspicions that the form begins with."""


@router.get("/referrals")
def show(visit: Visiting, suspicion: str = "") -> Response:
    """Show the referrals, the newest first; `suspicion`: one that a new referral is to be about."""
    visit.may(READ)
    states = visit.cases().referrals()
    rows = tuple(_row(visit, state) for _, state in sorted(states.items(), reverse=True))
    return visit.page("cases/referrals.html", ReferralsPage(rows, visit.permits("referral.prepare"), suspicion))


@router.post("/referrals")
def prepare(
    visit: Visiting, suspicions: Annotated[str, Form()] = "", reason: Annotated[str, Form()] = ""
) -> Response:
    """Prepare a referral over suspicions whose ids are parted by blanks, commas or lines."""
    visit.may("referral.prepare")
    names = suspicions.replace("、", " ").replace("，", " ").replace(",", " ").split()
    known = visit.seen().suspicions
    unknown = [name for name in names if name not in known]
    if unknown:
        raise NotFound(f"没有疑点 {unknown[0]}", f"there is no suspicion {unknown[0]}")
    state = referring.prepare(visit.cases(), names, reason)
    return visit.done(f"/referrals/{state.id}", "prepared")


def _row(visit: Visit, state: ReferralState) -> ReferralRow:
    known = visit.seen().suspicions
    fen = sum(known[name].standing.amount_fen for name in state.suspicions if name in known)
    return ReferralRow(
        state.id, state.state, len(state.suspicions), fen, state.prepared_by, state.prepared_on, state.handed_on,
        state.outcome,
    )  # fmt: skip
