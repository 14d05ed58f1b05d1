"""Which rows below a heading are no records: totals, footers, headings again, printed serials, blank rows, titles."""

from __future__ import annotations

import re
from collections.abc import Sequence

from intake.reading.headings import comparable
from intake.reading.layout import Table
from intake.reading.reasons import Aside
from intake.reading.rows import Row

_TOTAL = re.compile(r"[^0-9]{0,8}(?:小计|合计|总计|共计|累计|页计)(?:[(（].*[)）])?[:：]?.{0,12}")
_LABELS = (
    "制表|填表|填报|审核|复核|经办|负责|单位|村负责|村委会|代收|领导|主管|分管|会计|出纳|统计"
    "|备注|说明|注|联系|日期|打印|签|盖章|公章"
)
_FOOTER = re.compile(
    rf"(?:{_LABELS})[^:：]{{0,12}}[:：]|.{{0,12}}(?:签字|签章|盖章|签名|公章)[)）]?[:：]?$|备注$|说明$"
)
_SHARE = 0.6


_PERSON = re.compile(r"\d{15}|\d{17}[\dXx]")
_TOTAL_SOMEWHERE = re.compile(r"[小合总共累页]\s*计")
_FOOTER_SOMEWHERE = re.compile(rf"\n[\",;|\t 　]*(?:{_LABELS})")


def may_hold_asides(text: str) -> bool:
    """Say whether one of a block's lines may be a total or a footer; fast, since hardly a block holds one."""
    return ("计" in text and _TOTAL_SOMEWHERE.search(text) is not None) or (
        _FOOTER_SOMEWHERE.search(f"\n{text}") is not None
    )


def aside_of(cells: Sequence[str]) -> Aside | None:
    """Return whether a row of text is a total or a footer, by its first filled cell; None where it may be a record."""
    first = next((squeezed for cell in cells if (squeezed := re.sub(r"\s", "", cell))), "")
    if not first or any(_PERSON.fullmatch(cell.strip()) for cell in cells):
        return None
    if _TOTAL.fullmatch(first):
        return Aside.SUBTOTAL
    return Aside.FOOTER if _FOOTER.match(first) else None


class NonRecords:
    """Tells a table's records from its other rows; knows its columns and headings."""

    def __init__(self, table: Table) -> None:
        fields = table.assigned.fields
        self._serial = table.assigned.serial
        self._persons = [at for name in ("payer_id", "id_number") for at in fields.get(name, ())]
        self._keys = [at for name in ("payer_id", "payer_name", "name", "record_id") for at in fields.get(name, ())]
        self._claimed = {at for columns in fields.values() for at in columns} | set(table.assigned.insurances.values())
        self._labels = {comparable(part) for pair in table.headings for part in (*pair, "".join(pair))} - {""}

    def of(self, row: Row) -> Aside | None:
        """Return what the row is, None for a record. A cell that only a merged cell above fills does not count."""
        texts = row.texts()
        own = {at: text for at, text in enumerate(texts) if text and at not in row.down}
        if not own:
            return Aside.BLANK
        if self._is_heading(row.headings()):
            return Aside.REPEATED_HEADING
        first = own[min(own)]
        if not any(len(texts[at]) >= 15 for at in self._persons if at < len(texts)):
            if _TOTAL.fullmatch(re.sub(r"\s", "", first)):
                return Aside.SUBTOTAL
            if _FOOTER.match(re.sub(r"\s", "", first)):
                return Aside.FOOTER
        return self._sparse(own, row)

    def _is_heading(self, texts: list[str]) -> bool:
        filled = [text for text in texts if text]
        same = sum(comparable(text) in self._labels for text in filled)
        return same >= min(2, len(self._labels)) and same >= _SHARE * len(filled)

    def _sparse(self, own: dict[int, str], row: Row) -> Aside | None:
        rest = [at for at in own if at != self._serial]
        if not rest:
            serial = own[next(iter(own))]
            return Aside.NO_NAME_SERIAL if serial.isdigit() else Aside.TITLE
        if len(rest) == 1 and len(own) == 1 and (row.spread or rest[0] not in self._claimed):
            return Aside.TITLE
        return None
