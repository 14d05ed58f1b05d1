"""疑点清单 on paper: what a township is asked to check, with the checkpoint that sealed it in a QR code."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import msgspec

from casework.papers.blocks import Code, Column, Head, Note, Paper, Sheet, Signature, Signatures, Table, zh_day
from casework.papers.printing import pdf
from casework.workbook.labels import SEVERITIES, category_name
from casework.workbook.list_sheet import ListPage
from domain.money import yuan
from ledger.merkle.printed import Printed

CONFIDENTIAL = "内部资料，注意保密"
NO_VILLAGE = "（涉及多村或不明）"
_COLUMNS = (
    Column("序号", 8, "centre"),
    Column("疑点编号", 19, "centre"),
    Column("村（社区）", 18, "centre"),
    Column("疑点对象", 26),
    Column("疑点类型", 14, "centre"),
    Column("疑点描述", 46),
    Column("风险\n等级", 9, "centre"),
    Column("涉及金额\n（元）", 18, "right"),
    Column("证据摘要", 38),
    Column("核查要点（问谁、看什么凭证）", 74),
)
"""The issued columns but for batch, township and dates, which are the same for all items and stand in the head."""


class ListItem(msgspec.Struct, frozen=True):
    """One item as it was issued; texts are masked already."""

    number: int
    """On the list as it was drawn up."""
    suspicion_id: str
    village: str
    subject: str
    category: str
    """In Chinese, as severity is."""
    description: str
    severity: str
    amount_fen: int
    summary: str
    check: str


class ListPaper(msgspec.Struct, frozen=True, kw_only=True):
    """A list as it goes to one township."""

    number: str
    """As people cite it: 英税疑〔2026〕12号."""
    township: str
    issuer: str
    """The office that issues it."""
    batch: str
    issued_on: date
    due_on: date
    """Last day of the answer, where it is received on the day of its issue."""
    days: int
    items: tuple[ListItem, ...]
    left_out: int = 0
    """Suspicions of the township beyond its capacity."""
    printed: Printed | None = None
    """The checkpoint that covers the evidence; None: there is none, and the paper says so."""


def list_items(page: ListPage) -> Iterator[ListItem]:
    """Yield the items of a workbook's page, in the words that the workbook has."""
    wording = page.wording
    for place, (item, rows) in enumerate(zip(page.township.items, page.evidence_rows, strict=True)):
        yield ListItem(
            number=page.number(place),
            suspicion_id=item.suspicion_id,
            village=wording.material.place(item.village) or NO_VILLAGE,
            subject=wording.subject(item),
            category=category_name(item.category),
            description=wording.description(item),
            severity=SEVERITIES[item.severity],
            amount_fen=item.amount_at_risk_fen,
            summary=wording.summary(item, *rows),
            check=wording.check(item),
        )


def list_pdf(paper: ListPaper) -> bytes:
    """Return the list as PDF on A4 across; Unreachable where system libraries or a Chinese font are missing."""
    return pdf(list_paper(paper))


def list_paper(paper: ListPaper) -> Paper:
    """Return the list as blocks."""
    title = f"{paper.township}现金缴费风险疑点清单"
    money = yuan(sum(item.amount_fen for item in paper.items))
    left_out = f"　另有{paper.left_out}条按核查能力留待后续批次" if paper.left_out else ""
    lines = (
        f"{paper.number}　　批次：{paper.batch}　　乡镇：{paper.township}",
        f"下发日期：{paper.issued_on}　　反馈截止日期：{paper.due_on}",
        f"（自收到之日起{paper.days}日内反馈，收到当日不计）　共{len(paper.items)}条，涉及金额{money}元{left_out}",
    )
    told = (
        "疑点不是结论，请逐条核实。逐笔证据见电子表“证据明细”；核查结果填写在电子表或随附的报告表上，"
        "签字盖章后报送。"
    )
    signed = (Signature("签发人"), Signature("签收人（乡镇）"), Signature("签收日期"))
    blocks = (
        Head(title, lines, code_of(paper.printed)),
        Note(told if paper.printed else f"{told}\n本清单未载明账本检查点。"),
        Table(_COLUMNS, tuple(_row(item) for item in paper.items)),
        Signatures(signed, paper.issuer, zh_day(paper.issued_on), seal=True),
    )
    foot = f"{paper.number}　批次 {paper.batch}　{CONFIDENTIAL}"
    return Paper(title, paper.issued_on, foot, (Sheet(blocks, across=True),))


def code_of(printed: Printed | None) -> Code | None:
    """Return the QR code of a checkpoint, with the line that can be typed off where it cannot be scanned."""
    if printed is None:
        return None
    told = f"账本检查点（第 {printed.checkpoint.size} 条），扫不出时照录："
    return Code(printed.text(), f"{told}\n{printed.unsigned()}")


def _row(item: ListItem) -> tuple[str, ...]:
    return (
        str(item.number), item.suspicion_id, item.village, item.subject, item.category, item.description, item.severity,
        yuan(item.amount_fen), item.summary, item.check,
    )  # fmt: skip
