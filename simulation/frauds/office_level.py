"""Wrongs of the offices themselves: money moved on short and late (挤占), a duty not done (不作为)."""

from __future__ import annotations

from datetime import timedelta

from simulation.cases import Case
from simulation.days import MEDICAL
from simulation.office_rows import DutyAct, FundTransfer
from simulation.places import COUNTY_CODE, Township

_KEPT_SHARE = 20


def short_transfers(transfers: list[FundTransfer]) -> list[Case]:
    """Keep a twentieth of the largest month's premiums back for forty days; park the next until the last day."""
    of_season = [t for t in transfers if t.kind == "premium" and t.fee_year == MEDICAL.year and t.fee == MEDICAL.fee]
    if len(of_season) < 2:
        return []
    short, parked = sorted(of_season, key=lambda transfer: -transfer.amount)[:2]
    kept = short.amount // _KEPT_SHARE // 100 * 100
    short.amount -= kept
    short.transferred_on = short.due_on + timedelta(days=40)
    parked.transferred_on = parked.due_on
    strong = _about_fee(
        short, kept, "保费划转短少并逾期40天，资金被挤占", "premiums moved on short and forty days late"
    )
    weak = _about_fee(parked, 0, "划转压至最后一日，沉淀生息", "premiums parked until the last allowed day")
    strong.strength, weak.strength = "strong", "weak"
    return [strong, weak]


def _about_fee(transfer: FundTransfer, amount: int, note_zh: str, note_en: str) -> Case:
    return Case(
        "fee-account",
        f"{transfer.fee}:{transfer.account}",
        amount,
        [("fund-transfers", transfer)],
        note_zh,
        note_en,
        kind="fund-transfer-short",
        category="reconciliation",
        township=COUNTY_CODE,
    )


def missed_duties(acts: list[DutyAct], towns: list[Township]) -> list[Case]:
    """Let the last township publish who has paid forty days late, and a training take place on paper only."""
    town = towns[-1]
    late = next(a for a in acts if a.duty == "publicity" and a.division == town.code and a.fee == MEDICAL.fee)
    late.done_on = MEDICAL.closes + timedelta(days=40)
    on_paper = next(a for a in acts if a.duty == "trainings" and a.department == "medical-insurance")
    strong = _about_office(
        late, town.code, "集中征缴期结束40天后才公示，回避群众监督", "who has paid was published forty days late"
    )
    weak = _about_office(
        on_paper, "medical-insurance", "培训只有签到表，实际未举办", "a training that took place on paper only"
    )
    strong.strength, weak.strength = "strong", "weak"
    return [strong, weak]


def _about_office(act: DutyAct, office: str, note_zh: str, note_en: str) -> Case:
    return Case(
        "office",
        office,
        0,
        [("duty-acts", act)],
        note_zh,
        note_en,
        kind="duty-missed",
        category="process",
        township=act.division or COUNTY_CODE,
    )
