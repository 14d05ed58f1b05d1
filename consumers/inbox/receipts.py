"""The receipt (交接单): who handed in what, when, and what became of every row, for people and for machines."""

from __future__ import annotations

import msgspec

from consumers.inbox.claims import Claim, Counts, Outcome, Place
from domain.contract import RECORD_TYPES
from intake.parsing import CHINA

LISTED = 1000
"""Refused rows that a receipt lists at most; the quarantine has all."""
TEXT, JSON = ".receipt.txt", ".receipt.json"
_COUNTS = (
    ("read", "读取 read"), ("appended", "新收 appended"), ("repeated", "重复 repeated"), ("amended", "更正 amended"),
    ("quarantined", "拒收 quarantined"), ("set_aside", "非记录 set aside"),
    ("unreadable", "读不了的文件或工作表 unreadable files or sheets"),
)  # fmt: skip


class Receipt(msgspec.Struct, frozen=True):
    """What the JSON holds."""

    department: str
    file: str
    bytes: int
    sha256: str
    type: str
    source: str
    purpose: str
    taken_at: str
    taken_by: str
    outcome: str
    """taken | refused."""
    kept_as: str
    """Where the file stands now, below the department's folder."""
    handed_in_before: int
    """How often the same bytes had been taken in already."""
    counts: Counts | None
    """None where the file was refused as a whole."""
    reason_zh: str
    reason_en: str
    refused_rows: list[Place]
    refused_rows_not_listed: int


def receipt_of(claim: Claim, kept_as: str, taken_by: str) -> Receipt:
    """Return the receipt of a file that is done with."""
    outcome = claim.outcome
    places = outcome.places if outcome else []
    return Receipt(
        claim.department,
        claim.name,
        claim.entry[1].size,
        claim.sha256,
        claim.type,
        claim.source,
        claim.purpose,
        claim.at.astimezone(CHINA).isoformat(timespec="seconds"),
        taken_by,
        "refused" if claim.refused else "taken",
        kept_as,
        claim.standing,
        _counts(outcome),
        claim.refusal.zh if claim.refusal else "",
        claim.refusal.en if claim.refusal else "",
        places,
        outcome.quarantined + outcome.unreadable - len(places) if outcome else 0,
    )


def as_json(receipt: Receipt) -> bytes:
    """Return the receipt for machines."""
    return msgspec.json.format(msgspec.json.encode(receipt), indent=2) + b"\n"


def as_text(receipt: Receipt) -> bytes:
    """Return the receipt for people: both languages, with the marks that old editors need to read it."""
    lines = [
        "数据交接单 / Receipt of data handed in",
        "",
        f"交出部门 handed in by: {receipt.department}",
        f"文件 file: {receipt.file}",
        f"字节数 bytes: {receipt.bytes}",
        f"SHA-256: {receipt.sha256 or '未读 not read'}",
        f"记录类型 record type: {_typed(receipt.type)}",
        f"来源 source: {receipt.source or '-'}",
        f"用途 purpose: {receipt.purpose or '未注明 not stated'}",
        f"接收时间 received at: {receipt.taken_at}",
        f"接收人 received by: {receipt.taken_by}",
        f"结果 outcome: {'退回 refused' if receipt.outcome == 'refused' else '已收 taken'}",
        f"文件现存 file now at: {receipt.kept_as}",
        *_body(receipt),
    ]
    return "\r\n".join([*lines, ""]).encode("utf-8-sig")


def _body(receipt: Receipt) -> list[str]:
    lines = [f"原因 reason: {receipt.reason_zh} / {receipt.reason_en}"] if receipt.reason_zh else []
    if receipt.handed_in_before:
        lines.append(f"同一内容此前已收 same content taken before: {receipt.handed_in_before} 次 times")
    if receipt.counts is not None:
        lines += ["", "读取 = 新收 + 重复 + 更正 + 拒收 / read = appended + repeated + amended + quarantined"]
        lines += [f"{said}: {getattr(receipt.counts, name)}" for name, said in _COUNTS]
    if receipt.refused_rows:
        lines += ["", "拒收之处 refused (文件 file:行 line, 编号 id, 列 column = 值 value, 原因 reason)"]
        lines += map(_row, receipt.refused_rows)
    if receipt.refused_rows_not_listed:
        lines.append(f"另有未列出 not listed here: {receipt.refused_rows_not_listed}")
    return lines


def _row(row: Place) -> str:
    where = f"{row.place}:{row.line}" if row.line else row.place
    cell = f"{row.column}={row.value}" if row.column else ""
    return "  ".join(part for part in (where, row.record_id, cell, f"{row.reason_zh} / {row.reason_en}") if part)


def _typed(name: str) -> str:
    return f"{RECORD_TYPES[name].zh} {name}" if name else "-"


def _counts(outcome: Outcome | None) -> Counts | None:
    if outcome is None:
        return None
    return Counts(*(getattr(outcome, name) for name in Counts.__struct_fields__))
