"""The draft of a letter that reminds an office or township of a duty: for a person to look over, sign and send."""

from __future__ import annotations

import re
from datetime import date

import msgspec

from casework.cases.letterhead import article, government_of, letterhead, office_name
from casework.papers.blocks import Addressee, Block, Head, Note, Paper, Paragraph, Sheet, Signatures, zh_day
from casework.papers.files import docx
from domain.fees import FEES
from web.duties.owed import Entry

_FEES = {fee.id: fee.zh[0] for fee in FEES}
_REGULATION = re.compile(r"^[A-Z] ")


class Reminder(msgspec.Struct, frozen=True, kw_only=True):
    """What a letter says."""

    county: str
    """Its name."""
    duty: Entry
    office: str
    place: str
    """Name of the township, "" of an office."""
    about: str
    """For which fee and year, or record; "" where the duty is of a day alone."""
    due_on: date
    today: date


def reminder_letter(reminder: Reminder) -> bytes:
    """Return the draft as a Word file; equal reminders give equal bytes."""
    return docx(_paper(reminder))


def about_fee(fee: str | None, fee_year: int | None) -> str:
    """Return the words for a fee and fee year, "" of none."""
    return f"{fee_year}年度{_FEES.get(fee, fee)}" if fee and fee_year else ""


def _paper(one: Reminder) -> Paper:
    head = letterhead(one.county)
    addressee = government_of(one.place) if one.place else f"{one.county}{office_name(one.office)}"
    duty = f"{one.about}“{one.duty.zh}”"
    text = [
        (
            f"{_articles(one.duty.basis)}规定，{addressee}应当履行“{one.duty.zh}”职责。按现行职责时限，"
            f"{duty}应于{zh_day(one.due_on)}前办理。"
        ),
        _standing(one),
        (
            "请办理后将办理日期和佐证材料（文件、签收单、照片等）送我局登记；已经办理的，请将佐证送来补登；"
            "确有困难的，请书面说明原因和预计办理日期。"
        ),
    ]
    blocks: tuple[Block, ...] = (
        Head(f"关于{one.duty.zh}的提醒函", ("（拟稿，未编号，未发出）",)),
        Addressee(f"{addressee}："),
        *map(Paragraph, text),
        Signatures((), unit=head.tax, day=zh_day(one.today), seal=True),
        Note("本函由系统按账本记录拟出，须经负责人审阅、签发后发出。记录未见不等于没有办理。"),
    )
    return Paper(f"关于{one.duty.zh}的提醒函", one.today, f"{head.tax}　拟稿", (Sheet(blocks),))


def _standing(one: Reminder) -> str:
    left = (one.due_on - one.today).days
    if left < 0:
        return f"截至{zh_day(one.today)}，期限已过 {-left} 天，登记中未见办理。"
    return f"截至{zh_day(one.today)}，距期限{f'还有 {left} 天' if left else '只剩今天'}，登记中未见办理。"


def _articles(basis: str) -> str:
    """Return articles as papers cite them, of `Y 10, 11, 14` and `Y 42, Q 2(1)2`."""
    found, regulation = [], ""
    for part in basis.split(", "):
        whole = part if _REGULATION.match(part) else f"{regulation} {part}"
        regulation = whole.partition(" ")[0]
        found.append(article(whole))
    return "、".join(found)
