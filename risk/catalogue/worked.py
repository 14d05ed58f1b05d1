"""A rule's worked example for its page: records in, and what the rule says of them, by running it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, get_args

import msgspec
import pyarrow as pa

from domain.contract import RECORD_TYPES
from domain.fees import FEES
from domain.form import RecordType
from domain.money import yuan
from risk.catalogue.card import Scalar
from risk.catalogue.example_form import Cell, Example, Item, Row, Rows
from risk.catalogue.examples import Found, arguments_of, found_side_by_side
from risk.catalogue.reasons import render
from risk.catalogue.rule import Rule

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
SHOWN_ROWS = 8
"""Rows of a table that a page shows; the rest is counted."""
SHOWN_INNOCENT = 3
"""Innocent explanations that a page works out."""
_FEES = {fee.id: fee.zh[0] for fee in FEES}
_BY_TABLE = {form.table: form for form in RECORD_TYPES.values()}
_WORDS = {
    "zh": {
        "as_of": "筛查日 {day}。收到的记录：",
        "more": "……共 {count} 行",
        "found": "结果：",
        "finding": "等级 {severity} · 对象 {subject} · 涉及金额 {amount} 元 · 证据 {evidence} 条",
        "but": "再加上（或改成）下面的记录，{explains}，就不再命中：",
        "downgraded": "再加上（或改成）下面的记录，{explains}，则：",
    },
    "en": {
        "as_of": "As of {day}. Records in:",
        "more": "... {count} rows in all",
        "found": "What the rule says:",
        "finding": "severity {severity} · subject {subject} · amount at risk {amount} yuan · {evidence} records",
        "but": "With these records added (or changed), {explains}, it says nothing:",
        "downgraded": "With these records added (or changed), {explains}, it says:",
    },
}


class Shown(msgspec.Struct, frozen=True):
    """An example with what the rule finds in it, and the sentence of each finding."""

    example: Example
    found: list[Found]
    reasons: dict[Language, list[str]]


def worked_out(rule: Rule, examples: Sequence[Example]) -> tuple[Shown, ...]:
    """Run the first example that fires and some innocent ones beside it, for pages in any language; () if none fires.

    Errors: MalformedRule, QueryFailed.
    """
    fires = next((example for example in examples if example.kind == "fires" and example.findings), None)
    if fires is None:
        return ()
    chosen = [fires, *_beside(fires, examples)[:SHOWN_INNOCENT]]
    results = found_side_by_side(rule, chosen)
    return tuple(
        Shown(example, found, _reasons(rule, example, found)) for example, found in zip(chosen, results, strict=True)
    )


def _beside(fires: Example, examples: Sequence[Example]) -> list[Example]:
    """Return one innocent example of each explanation that differs from the firing one by few records."""
    chosen: dict[str, Example] = {}
    for example in examples:
        few = sum(map(len, added(fires.rows, example.rows).values())) <= SHOWN_ROWS
        if example.kind == "innocent" and example.explains and few and example.as_of == fires.as_of:
            chosen.setdefault(example.explains, example)
    return list(chosen.values())


def _reasons(rule: Rule, example: Example, found: list[Found]) -> dict[Language, list[str]]:
    if not found:
        return {"zh": [], "en": []}
    zh, en = render(rule.card.reason, pa.Table.from_pylist(found), arguments_of(rule, example))
    return {"zh": zh, "en": en}


def worked_example(rule: Rule, shown: Sequence[Shown], language: Language) -> str:
    """Return what was worked out as Markdown: the firing example, then what each innocent one adds; "" of nothing."""
    if not shown:
        return ""
    words, fires = _WORDS[language], shown[0].example
    blocks = [words["as_of"].format(day=fires.as_of), *_tables(fires.rows, language)]
    blocks += [words["found"], _said(shown[0], language)]
    for beside in shown[1:]:
        blocks += _innocent(rule, fires, beside, language)
    return "\n\n".join(blocks)


def _innocent(rule: Rule, fires: Example, shown: Shown, language: Language) -> list[str]:
    explained = next(one for one in rule.card.innocent if one.id == shown.example.explains)
    said = _said(shown, language)
    words = _WORDS[language]["downgraded" if said else "but"]
    head = words.format(explains=explained.zh if language == "zh" else explained.en)
    return [head, *_tables(added(fires.rows, shown.example.rows), language), *([said] if said else [])]


def added(base: Rows, rows: Rows) -> Rows:
    """Return the rows that an example has and its base has not, or has otherwise."""
    return {
        table: fresh for table, own in rows.items() if (fresh := [row for row in own if row not in base.get(table, [])])
    }


def _said(shown: Shown, language: Language) -> str:
    return "\n".join(
        f"- {_headline(row, language)}\n\n  > {sentence}"
        for row, sentence in zip(shown.found, shown.reasons[language], strict=True)
    )


def _headline(row: Found, language: Language) -> str:
    amount, evidence = row.get("amount_at_risk_fen"), row.get("evidence")
    return _WORDS[language]["finding"].format(
        severity=row.get("severity"),
        subject=f"`{row.get('subject_id')}`",
        amount=yuan(amount) if isinstance(amount, int) else "0.00",
        evidence=len(evidence) if isinstance(evidence, list) else 0,
    )


def _tables(rows: Rows, language: Language) -> list[str]:
    return [
        text for table, own in rows.items() if own for text in (_named(table, language), _table(table, own, language))
    ]


def _named(table: str, language: Language) -> str:
    form = _BY_TABLE.get(table)
    return f"`{table}` {form.zh}" if form is not None and language == "zh" else f"`{table}`"


def _table(table: str, rows: list[Row], language: Language) -> str:
    form = _BY_TABLE.get(table)
    names = list(dict.fromkeys(name for row in rows for name in row))
    heads = [_heading(form, name, language) for name in names]
    lines = [heads, ["---"] * len(names)]
    lines += [[_cell(name, row.get(name), language) for name in names] for row in rows[:SHOWN_ROWS]]
    text = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    more = _WORDS[language]["more"].format(count=len(rows))
    return f"{text}\n\n{more}" if len(rows) > SHOWN_ROWS else text


def _heading(form: RecordType | None, column: str, language: Language) -> str:
    named = {field.column: field.zh[0] for field in form.fields if field.zh} if form is not None else {}
    return named.get(column, column) if language == "zh" else column.removesuffix("_fen")


def _cell(name: str, value: Cell | Item | list[Scalar] | None, language: Language) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return {"zh": "是" if value else "否", "en": "yes" if value else "no"}[language]
    if name.endswith("_fen") and isinstance(value, int):
        return yuan(value)
    if isinstance(value, list):
        return ", ".join(_cell(name, item, language) for item in value)
    if isinstance(value, Mapping):
        return " ".join(_cell(key, item, language) for key, item in value.items())
    text = str(value).replace("|", "\\|")
    return _FEES.get(text, text) if language == "zh" else text
