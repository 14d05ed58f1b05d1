"""问题线索移送书 as PDF and Word file: subject, chronology, money with its gaps, law, answers, evidence, receipt."""

from __future__ import annotations

from casework.papers.blocks import (
    HANDWRITTEN_DAY,
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
from casework.papers.referral import Money, Referral, Step
from casework.papers.suspicion_list import CONFIDENTIAL, code_of
from domain.money import yuan

_NOTHING = "未见记录"
_NONE = Note("（无）")


def referral_pdf(referral: Referral) -> bytes:
    """Return the case file as PDF; Unreachable where system libraries or a Chinese font are missing."""
    return pdf(referral_paper(referral))


def referral_docx(referral: Referral) -> bytes:
    """Return the case file as a Word file."""
    return docx(referral_paper(referral))


def referral_paper(referral: Referral) -> Paper:
    """Return the case file as blocks."""
    told = (
        f"我单位在社会保险费现金缴费风险筛查和核查工作中发现下列问题线索，涉及金额{yuan(referral.amount_fen)}元，"
        f"风险等级为{referral.severity}。根据{referral.grounds}，现移送你单位处理。所列情况是数据比对和核查反映的线索，"
        "不是对任何人的结论。"
    )
    letter = (
        Head("问题线索移送书", (referral.number,), code_of(referral.printed)),
        Addressee(f"{referral.addressee}："),
        Paragraph(told),
        Heading("一、线索对象"),
        Table((Column("项目", 36), Column("内容", 120)), referral.subject, key=True),
        Note(_masking(referral)),
        Heading("二、主要情况"),
        Paragraph(referral.summary),
        Paragraph("时间经过、资金对照、依据、反馈和复核、证据及附件见附表。"),
        Signatures(
            (Signature("承办人", referral.prepared_by), Signature("审批人", referral.approved_by)),
            referral.sender, zh_day(referral.on), seal=True,
        ),
        Heading("移送回执"),
        Paragraph(f"{referral.number}问题线索移送书及附表、附件已收到，共＿＿＿份。"),
        Signatures((Signature("接收人"),), referral.addressee, HANDWRITTEN_DAY, seal=True),
    )  # fmt: skip
    annex = (*_chronology(referral), *_money(referral), *_basis(referral), *_said(referral), *_evidence(referral))
    foot = f"{referral.number}　{CONFIDENTIAL}"
    return Paper(f"问题线索移送书（{referral.number}）", referral.on, foot, (Sheet(letter), Sheet(annex, across=True)))


def _masking(referral: Referral) -> str:
    shown = referral.shown
    if shown is None:
        return "本件人员信息已脱敏；查阅全名须说明理由，查阅本身记入账本。"
    return f"本件经{shown.by}于{zh_day(shown.on)}申请显示人员全名，理由：{shown.reason}。该次查阅已记入账本。"


def _chronology(referral: Referral) -> tuple[Block, ...]:
    columns = (Column("时间", 28, "centre"), Column("经过", 130), Column("来源", 45), Column("账本事件", 64))
    ordered = sorted(referral.chronology, key=lambda each: (each.on, each.clock))
    rows = tuple((f"{each.on} {each.clock}".strip(), each.what, each.source, each.event_id) for each in ordered)
    return Heading("附表一　时间经过"), Table(columns, rows) if rows else _NONE


def _money(referral: Referral) -> tuple[Block, ...]:
    columns = (
        Column("序号", 9, "centre"), Column("缴费人、费种", 50), Column("收取现金（登记台账）", 42),
        Column("缴费（税务）", 42), Column("入库（国库）", 42), Column("权益（医保、社保）", 42), Column("差异", 40),
    )  # fmt: skip
    rows = tuple(_sum(number, sum_) for number, sum_ in enumerate(referral.money, start=1))
    told = Note("灰底处为缺少、迟延或金额不符；“说明”为已有合法理由的情形，不作标记。")
    return (Heading("附表二　资金对照"), *((Table(columns, rows), told) if rows else (_NONE,)))


def gaps(money: Money) -> tuple[str, ...]:
    """Return what is missing, late or does not agree, from stage to stage; none where it is explained."""
    if money.explained:
        return ()
    found = []
    stages = (("缴费", money.payment), ("入库", money.posting), ("权益", money.entitlement))
    before = money.receipt
    if before is None:
        found.append("无现金登记")
    for name, step in stages:
        if step is None:
            found.append(f"未见{name}")
            continue
        if before is not None and step.amount_fen != before.amount_fen:
            less = before.amount_fen - step.amount_fen
            found.append(f"{name}{'少' if less > 0 else '多'}{yuan(abs(less))}元")
        before = step
    if money.receipt is not None and money.payment is not None and money.payment.on > money.receipt.on:
        found.append(f"缴费迟{(money.payment.on - money.receipt.on).days}天")
    return tuple(found)


def _sum(number: int, money: Money) -> tuple[Cell, ...]:
    found = gaps(money)
    late = any(gap.startswith("缴费") for gap in found)
    cells = [_step(money.receipt, money), _step(money.payment, money), _step(money.posting, money)]
    cells.append(_step(money.entitlement, money))
    if late and isinstance(cells[1], str):
        cells[1] = Gap(cells[1])
    told = f"说明：{money.explained}" if money.explained else "\n".join(found) or "相符"
    return str(number), money.about, *cells, Gap(told) if found else told


def _step(step: Step | None, money: Money) -> Cell:
    if step is None:
        return _NOTHING if money.explained else Gap(_NOTHING)
    return "\n".join(part for part in (step.on.isoformat(), f"{yuan(step.amount_fen)}元", step.record) if part)


def _basis(referral: Referral) -> tuple[Block, ...]:
    columns = (Column("规则", 14, "centre"), Column("名称", 60), Column("依据", 50), Column("原文", 143))
    rows = tuple((each.rule, each.title, each.law, each.words) for each in referral.basis)
    return Heading("附表三　涉及规则和法规依据"), Table(columns, rows) if rows else _NONE


def _said(referral: Referral) -> tuple[Block, ...]:
    columns = (
        Column("日期", 22, "centre"), Column("环节", 24, "centre"), Column("单位、人员", 50),
        Column("结果", 28, "centre"), Column("说明", 143),
    )  # fmt: skip
    rows = tuple((each.on.isoformat(), each.what, each.who, each.result, each.statement) for each in referral.said)
    return Heading("附表四　乡镇反馈、复核和抽查"), Table(columns, rows) if rows else _NONE


def _evidence(referral: Referral) -> tuple[Block, ...]:
    columns = (
        Column("序号", 10, "centre"), Column("记录类型", 45), Column("来源编号", 70), Column("账本事件", 110),
        Column("账本位置", 32, "right"),
    )  # fmt: skip
    rows = tuple(
        (str(number), each.kind, each.record_id, each.event_id, str(each.position) if each.position else "尚未封存")
        for number, each in enumerate(referral.evidence, start=1)
    )
    files = (Column("序号", 10, "centre"), Column("名称", 110), Column("SHA-256", 122), Column("字节", 25, "right"))
    attached = tuple(
        (str(number), each.name, each.sha256, str(each.size)) for number, each in enumerate(referral.attached, start=1)
    )
    point = referral.printed.checkpoint if referral.printed else None
    sealed = f"检查点：{point.origin}，{point.size} 条，根摘要 {point.root.hex()}" if point else "未载明检查点"
    return (
        Heading("附表五　证据目录"), Table(columns, rows) if rows else _NONE, Note(sealed),
        Heading("附表六　附件目录"), Table(files, attached) if attached else _NONE,
    )  # fmt: skip
