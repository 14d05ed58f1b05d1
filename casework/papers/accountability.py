"""The report to discipline inspection on a period (Y 39, 41): careless checks, confirmed wrongs, failing offices."""

from __future__ import annotations

from datetime import date

import msgspec

from casework.papers.blocks import (
    Addressee,
    Block,
    Cell,
    Column,
    Gap,
    Head,
    Heading,
    Note,
    Paper,
    Paragraph,
    Sheet,
    Signature,
    Signatures,
    Table,
    zh_day,
)
from casework.papers.files import docx
from casework.papers.printing import pdf
from casework.papers.suspicion_list import CONFIDENTIAL, code_of
from domain.money import yuan
from ledger.merkle.printed import Printed

_NONE = Note("（无）")


class TownshipRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What one township did with what was pushed to it in the period."""

    township: str
    issued: int
    answered: int
    in_time: int
    """Of those answered."""
    returned: int = 0
    """Of those answered: went back, and wait to be answered again."""
    confirmed: int
    """Confirmed or partly confirmed."""
    confirmed_fen: int
    recovered_fen: int
    """As facts in the ledger show it."""
    overturned: int
    """Answers that a review or a spot check found wrong."""
    deputy: str = ""
    """分管领导."""
    careless: tuple[str, ...] = ()
    """Facts that speak of a careless self-check; none where nothing does."""


class Wrong(msgspec.Struct, frozen=True, kw_only=True):
    """A wrong that was confirmed in the period; the subject is masked or in clear already."""

    suspicion_id: str
    township: str
    subject: str
    category: str
    amount_fen: int
    recovered_fen: int
    found_by: str
    """自查, 复核, 抽查, …"""
    state: str
    """What became of it: 已整改, 已移送（英税移〔2026〕3号）, …"""


class OfficeFailing(msgspec.Struct, frozen=True):
    """An office that handed in wrong data, late, or not at all."""

    office: str
    what: str
    basis: str
    times: int
    since: date | None = None


class Accountability(msgspec.Struct, frozen=True, kw_only=True):
    """The whole report."""

    report_id: str
    number: str
    sender: str
    addressee: str
    grounds: str
    """The articles by which it is made."""
    first: date
    last: date
    on: date
    townships: tuple[TownshipRecord, ...] = ()
    wrongs: tuple[Wrong, ...] = ()
    offices: tuple[OfficeFailing, ...] = ()
    proposal: str = ""
    prepared_by: str = ""
    approved_by: str = ""
    printed: Printed | None = None


def accountability_pdf(report: Accountability) -> bytes:
    """Return the report as PDF; Unreachable where system libraries or a Chinese font are missing."""
    return pdf(accountability_paper(report))


def accountability_docx(report: Accountability) -> bytes:
    """Return the report as a Word file."""
    return docx(accountability_paper(report))


def accountability_paper(report: Accountability) -> Paper:
    """Return the report as blocks."""
    title = "关于社会保险费现金缴费疑点自查核查情况的报告"
    blocks: list[Block] = [
        Head(title, (report.number, f"期间：{zh_day(report.first)}至{zh_day(report.last)}"), code_of(report.printed)),
        Addressee(f"{report.addressee}："),
        Paragraph(f"根据{report.grounds}，现将本期现金缴费疑点自查核查中发现的问题报告如下。"),
        Heading("一、总体情况"),
        Paragraph(_summary(report)),
        Heading("二、自查自纠敷衍了事、审核把关不严的情形"),
        *_careless(report),
        Heading("三、经核实的问题"),
        Paragraph(_wrongs(report)),
        Heading("四、部门提供数据不准确或者未提供的情形"),
        *_offices(report),
        Heading("五、建议"),
        Paragraph(report.proposal or "请你单位按职责依规依纪处理。"),
        Signatures(
            (Signature("承办人", report.prepared_by), Signature("审批人", report.approved_by)),
            report.sender, zh_day(report.on), seal=True,
        ),
    ]  # fmt: skip
    annex = Sheet((*_townships(report), *_wrong_table(report)), across=True)
    foot = f"{report.number}　{CONFIDENTIAL}"
    return Paper(title, report.on, foot, (Sheet(tuple(blocks)), annex))


def _summary(report: Accountability) -> str:
    towns = report.townships
    issued, answered, in_time, confirmed, overturned = (
        sum(getattr(town, name) for town in towns)
        for name in ("issued", "answered", "in_time", "confirmed", "overturned")
    )
    money, recovered = sum(town.confirmed_fen for town in towns), sum(town.recovered_fen for town in towns)
    again = sum(town.returned for town in towns)
    waiting = f"退回后待再次反馈{again}条，" if again else ""
    return (
        f"本期向{len(towns)}个乡镇下发疑点{issued}条，已反馈{answered}条，其中按期反馈{in_time}条，"
        f"{waiting}未反馈{issued - answered}条。属实、部分属实{confirmed}条，金额{yuan(money)}元；"
        f"账面已见退还、补缴{yuan(recovered)}元。复核、抽查推翻乡镇结论{overturned}条。各乡镇情况见附表一。"
    )


def _careless(report: Accountability) -> tuple[Block, ...]:
    columns = (
        Column("乡镇", 26, "centre"), Column("分管领导", 24, "centre"),
        Column("情形（均为系统和复核查明的事实）", 106),
    )  # fmt: skip
    rows = tuple((town.township, town.deputy, "\n".join(town.careless)) for town in report.townships if town.careless)
    return (Table(columns, rows),) if rows else (_NONE,)


def _wrongs(report: Accountability) -> str:
    total = sum(each.amount_fen for each in report.wrongs)
    referred = sum("移送" in each.state for each in report.wrongs)
    return f"经核实的问题{len(report.wrongs)}条，金额{yuan(total)}元，其中移送{referred}条，逐条情况见附表二。"


def _offices(report: Accountability) -> tuple[Block, ...]:
    columns = (
        Column("单位", 30, "centre"), Column("情形", 62), Column("依据", 28), Column("次数", 12, "centre"),
        Column("自何时起", 24, "centre"),
    )  # fmt: skip
    rows = tuple(
        (each.office, each.what, each.basis, str(each.times), each.since.isoformat() if each.since else "")
        for each in report.offices
    )
    return (Table(columns, rows),) if rows else (_NONE,)


def _townships(report: Accountability) -> tuple[Block, ...]:
    columns = (
        Column("乡镇", 35), Column("下发", 20, "centre"), Column("反馈", 20, "centre"), Column("按期", 20, "centre"),
        Column("未反馈", 20, "centre"), Column("属实、部分属实", 28, "centre"), Column("属实金额（元）", 36, "right"),
        Column("账面已退还、补缴（元）", 40, "right"), Column("结论被推翻", 24, "centre"),
        Column("敷衍情形", 24, "centre"),
    )  # fmt: skip
    rows = tuple(_township(town) for town in report.townships)
    return Heading("附表一　各乡镇自查反馈情况"), Table(columns, rows) if rows else _NONE


def _township(town: TownshipRecord) -> tuple[Cell, ...]:
    missing = str(town.issued - town.answered)
    return (
        town.township, str(town.issued), str(town.answered), str(town.in_time),
        Gap(missing) if town.issued > town.answered else missing, str(town.confirmed), yuan(town.confirmed_fen),
        yuan(town.recovered_fen), Gap(str(town.overturned)) if town.overturned else "0",
        Gap(f"{len(town.careless)}项") if town.careless else "无",
    )  # fmt: skip


def _wrong_table(report: Accountability) -> tuple[Block, ...]:
    columns = (
        Column("序号", 10, "centre"), Column("疑点编号", 26, "centre"), Column("乡镇", 28, "centre"),
        Column("对象", 56), Column("类型", 26, "centre"), Column("金额（元）", 28, "right"),
        Column("账面已退还、补缴（元）", 30, "right"),
        Column("查明环节", 20, "centre"), Column("处理情况", 43),
    )  # fmt: skip
    rows = tuple(
        (
            str(number), each.suspicion_id, each.township, each.subject, each.category, yuan(each.amount_fen),
            yuan(each.recovered_fen), each.found_by, each.state,
        )
        for number, each in enumerate(report.wrongs, start=1)
    )  # fmt: skip
    return Heading("附表二　经核实的问题"), Table(columns, rows) if rows else _NONE
