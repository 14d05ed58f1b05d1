"""账本核对报告: what a verification proved, or the first difference that it found, on a page that can be filed."""

from __future__ import annotations

from datetime import datetime

import msgspec

from casework.papers.blocks import (
    HANDWRITTEN_DAY,
    Block,
    Column,
    Head,
    Heading,
    Note,
    Paper,
    Paragraph,
    Sheet,
    Signature,
    Signatures,
    Table,
)
from casework.papers.printing import pdf
from casework.papers.suspicion_list import code_of
from ledger.merkle.checkpoint import Checkpoint
from ledger.merkle.notes import VerifierKey
from ledger.merkle.printed import Printed
from ledger.merkle.verifying import Named

_SHOWN = 420
"""Characters of each side of a difference; `verify` prints all of them."""
_OLDER = 8
"""Older checkpoints named on the page; the others are counted."""
_KEYED = (Column("", 26), Column("", 142))
PROVED, CHECKED, FAILED = "已证明，未见改动", "与自身一致，未与早先检查点比对", "核对不通过"


class Failure(msgspec.Struct, frozen=True):
    """What ended a verification: the first difference, and where it lies."""

    sentence: str
    first: int | None = None
    last: int | None = None
    """Event numbers between which it lies; None where it is no matter of events."""
    evidence: tuple[str, ...] = ()
    """Both sides, a line each."""


class ProofPage(msgspec.Struct, frozen=True, kw_only=True):
    """A verification, as it ended."""

    what: str
    """What was verified, as the command was told."""
    result: str
    """PROVED, CHECKED or FAILED."""
    sentence: str
    at: datetime
    """With its zone."""
    version: str
    """Of the program."""
    key: VerifierKey | None = None
    """None where it could not even be read."""
    own_key: bool
    """The key came with what was verified."""
    current: Checkpoint | None = None
    printed: Printed | None = None
    """The checkpoint of now, for the QR code: the next verification can begin from this page."""
    older: tuple[Named, ...] = ()
    since: tuple[str, ...] = ()
    """The older checkpoints as they were given, where they could not be read or the verification failed before."""
    remarks: tuple[str, ...] = ()
    failure: Failure | None = None


def proof_pdf(page: ProofPage) -> bytes:
    """Return the page as PDF; Unreachable where system libraries or a Chinese font are missing."""
    return pdf(proof_paper(page))


def proof_paper(page: ProofPage) -> Paper:
    """Return the page as blocks."""
    title = "账本核对报告"
    blocks: list[Block] = [
        Head(title, (f"核对时间：{_moment(page.at)}",), code_of(page.printed)),
        Heading("一、结论"),
        Table(_KEYED, (("结论", page.result),), key=True),
        Paragraph(page.sentence),
        *_failure(page.failure),
        Heading("二、核对了什么"),
        Table(_KEYED, tuple(_facts(page)), key=True),
        Heading("三、说明"),
        Note("\n".join((*_limits(page), *page.remarks))),
        Signatures((Signature("核对人"), Signature("见证人")), "", HANDWRITTEN_DAY),
    ]
    return Paper(title, page.at.date(), f"{title}　{_moment(page.at)}", (Sheet(tuple(blocks), close=True),), text_pt=11)


def _failure(failure: Failure | None) -> tuple[Block, ...]:
    if failure is None:
        return ()
    rows: list[tuple[str, str]] = [("首处不符", failure.sentence)]
    if failure.first is not None:
        last = failure.last if failure.last is not None else failure.first
        where = f"第 {failure.first} 号事件" if failure.first == last else f"第 {failure.first} 至 {last} 号事件之间"
        rows.append(("位置", where))
    for line in failure.evidence:
        side, _, text = line.partition(": ")
        name = {"sealed": "封存时", "found": "现在", "checkpoint": "检查点所记", "events": "现有事件"}.get(side, side)
        more = f"……（共 {len(text)} 字，全文见 verify 命令输出）" if len(text) > _SHOWN else ""
        rows.append((name, text[:_SHOWN] + more))
    return (Table(_KEYED, tuple(rows), key=True),)


def _facts(page: ProofPage) -> list[tuple[str, str]]:
    rows = [("核对对象", page.what)]
    if page.key is not None:
        source = "取自所核对的材料本身，须与自存的 key.pub 比对" if page.own_key else "核对人自带"
        rows.append(("公钥", f"{page.key}\n（{source}）"))
    if page.current is not None:
        one = page.current
        rows.append(("当前检查点", f"日志 {one.origin}\n{one.size} 条\n根摘要 {one.root.hex()}"))
    rows.append(("早先的检查点", "\n".join(_older(page)) or "无"))
    return [*rows, ("程序版本", f"明账 {page.version}")]


def _older(page: ProofPage) -> list[str]:
    lines = [f"{one.checkpoint.size} 条　{one.checkpoint.root.hex()}　{one.name}" for one in page.older]
    lines = lines or list(page.since)
    return [*lines[:_OLDER], *([f"另有 {len(lines) - _OLDER} 个"] if len(lines) > _OLDER else [])]


def _limits(page: ProofPage) -> tuple[str, ...]:
    if page.result == FAILED:
        return (
            "不符之处可能由改动造成，也可能由介质损坏、误换旧库造成；请保全账本、日志和各方检查点的原件，先备份、后查明。",
        )
    proves = "证明的是：进入账本的记录此后没有变过。不证明：记录在进账本之前属实，或者应报的都已报来。"
    if page.result == CHECKED:
        return "没有早先的检查点，不能排除整本日志被重做；请保存本次检查点，供下次核对。", proves
    return (proves,)


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}（UTC{at:%z}）"
