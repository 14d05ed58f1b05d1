"""Whom a paper is from and to, and how it is numbered: names in Chinese that follow from the county's own."""

from __future__ import annotations

from typing import NamedTuple

from casework.cases.policy import CasePolicy
from domain.cases.list_state import ListState
from domain.cases.receivers import DISCIPLINE
from domain.division import TOWNSHIP
from ledger.merkle.checkpoint import read_checkpoint
from ledger.merkle.printed import Printed, printed

OFFICES = {
    "tax": "税务部门", "medical-insurance": "医保部门", "human-resources": "人社部门", "finance": "财政部门",
    "treasury": "国库", "central-bank": "人民银行", "acquirer": "收单机构", "discipline": "纪检监察机关",
    "civil-affairs": "民政部门", "rural-revitalisation": "乡村振兴部门", "disabled-persons-federation": "残联",
    "police": "公安部门", "justice": "司法部门", "publicity": "宣传部门", "education": "教育部门",
}  # fmt: skip
"""Office as duties and addressees name it, to what papers call it."""
REGULATIONS = {"Y": "征收管理办法（试行）", "Q": "社会保险费和非税收入征缴机制"}
"""First part of an article as rules cite it (Y 29) to the regulation's short name."""
LISTED, REFERRED, REPORTED = "疑", "移", "报"
"""What the number of a paper says of its kind: 税疑〔2026〕12号, 税移〔2026〕3号, 税报〔2026〕5号."""
_NUMBER = "税{kind}〔{year}〕{n}号"


class Letterhead(NamedTuple):
    """The two offices between which papers go."""

    county: str
    tax: str
    discipline: str


def letterhead(county: str) -> Letterhead:
    """Return the offices of a county of that name."""
    return Letterhead(county, f"国家税务总局{county}税务局", f"{county}纪委监委")


def government_of(place: str) -> str:
    """Return who answers a township's list: 萨罕镇人民政府, 城东街道办事处."""
    if place.endswith("街道"):
        return f"{place}办事处"
    return f"{place}人民政府" if place.endswith(("乡", "镇")) else place


def number_of(policy: CasePolicy, kind: str, year: int, n: str) -> str:
    """Return a paper's number in the form that the county's policy gives to lists, with another kind."""
    if LISTED not in policy.number:
        return _NUMBER.format(kind=kind, year=year, n=n)
    return policy.number.replace(LISTED, kind).replace("{year}", str(year)).replace("{n}", n)


def addressee_of(state: ListState, place: str, county: str) -> str:
    """Return whose list it is, as its title says it; `place`: the name of where its subjects are."""
    if state.addressee == "township":
        return place
    if state.addressee == DISCIPLINE:
        return letterhead(county).discipline
    return f"{county}{office_name(state.addressee, place)}"


def office_name(office: str, place: str = "") -> str:
    """Return an office's name; of a township (by its code) the place's, which the caller knows."""
    if office.isdigit() and len(office) >= TOWNSHIP:
        return place or office
    return OFFICES.get(office, office)


def article(law: str) -> str:
    """Return an article as papers cite it: 《征收管理办法（试行）》第29条 of Y 29."""
    regulation, _, rest = law.partition(" ")
    if regulation not in REGULATIONS:
        return law
    return f"《{REGULATIONS[regulation]}》{f'第{rest}条' if rest.isdigit() else rest}"


def printed_of(paper: str, checkpoint: str) -> Printed | None:
    """Return what the QR code of a paper holds of a checkpoint's note; None where there is none."""
    return printed(paper, read_checkpoint(checkpoint)) if checkpoint else None
