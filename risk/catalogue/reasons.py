"""Reason sentences: a rule's templates filled from its findings, whole columns at a time."""

from __future__ import annotations

import string
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc

from domain.fees import FEES
from domain.money import yuan
from risk.catalogue.card import Bilingual

SHOWN = 5
"""Items of a list that a sentence names; the rest is counted."""
MISSING = "—"
_FEE_NAMES = {fee.id: fee.zh[0] for fee in FEES}
Parts = list[tuple[str, str | None]]


class MalformedTemplate(ValueError):
    """A reason template that is no template: a brace that does not close, a name with a format, or no name at all."""

    def __init__(self, template: str, problem: str) -> None:
        super().__init__(f"{problem} in {template!r}")
        self.problem = problem


def parts_of(template: str) -> Parts:
    """Return the template's texts, each with the name that follows it, if any. Errors: MalformedTemplate."""
    parts: Parts = []
    try:
        for text, name, form, conversion in string.Formatter().parse(template):
            if form or conversion or (name is not None and not name.isidentifier()):
                raise MalformedTemplate(template, f"{{{name}}} is no plain name")
            parts.append((text, name))
    except ValueError as error:
        if isinstance(error, MalformedTemplate):
            raise
        raise MalformedTemplate(template, str(error)) from error
    return parts


def names_in(template: str) -> tuple[str, ...]:
    """Return the names that a template asks for, each once, in order. Errors: MalformedTemplate."""
    return tuple(dict.fromkeys(name for _, name in parts_of(template) if name is not None))


def render(templates: Bilingual, findings: pa.Table, extra: Mapping[str, object]) -> tuple[list[str], list[str]]:
    """Return the sentences in Chinese and in English, one a finding.

    `findings` are rows as a rule returns them (details a struct); `extra` are values that hold for all of them (as_of,
    the parameters). A name is looked for in the row, then in its details, then in extra. Errors: KeyError.
    """
    return (
        _rendered(templates.zh, findings, extra, chinese=True),
        _rendered(templates.en, findings, extra, chinese=False),
    )


def _rendered(template: str, findings: pa.Table, extra: Mapping[str, object], *, chinese: bool) -> list[str]:
    parts = parts_of(template)
    columns: list[list[str]] = []
    for text, name in parts:
        if text:
            columns.append([text] * findings.num_rows)
        if name is not None:
            columns.append(_texts(name, findings, extra, chinese=chinese))
    return ["".join(pieces) for pieces in zip(*columns, strict=True)] if columns else [""] * findings.num_rows


def _texts(name: str, findings: pa.Table, extra: Mapping[str, object], *, chinese: bool) -> list[str]:
    write = _writer(name, chinese=chinese)
    if name in findings.column_names and name != "details":
        values: list[object] = findings.column(name).to_pylist()
    elif name in _details_names(findings):
        values = pc.struct_field(findings.column("details"), name).to_pylist()
    else:
        return [write(extra[name])] * findings.num_rows
    return [write(value) for value in values]


def _details_names(findings: pa.Table) -> tuple[str, ...]:
    if "details" not in findings.column_names:
        return ()
    kind = findings.schema.field("details").type
    return tuple(field.name for field in kind) if pa.types.is_struct(kind) else ()


def _writer(name: str, *, chinese: bool) -> Callable[[object], str]:
    """Return how a value of that name is written in a language."""
    yes, no = ("是", "否") if chinese else ("yes", "no")

    def write(value: object) -> str:
        if value is None:
            return MISSING
        if isinstance(value, list):
            return _listed([write(item) for item in value], chinese=chinese)
        if isinstance(value, Mapping):
            return " ".join(write(part) for part in value.values())
        if isinstance(value, bool):
            return yes if value else no
        if name.endswith("_fen") and isinstance(value, int | Decimal):
            return yuan(int(value))
        return _FEE_NAMES.get(str(value), str(value)) if chinese and name == "fee" else _plain(value)

    return write


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def _listed(items: list[str], *, chinese: bool) -> str:
    if not items:
        return MISSING
    text = ("、" if chinese else ", ").join(items[:SHOWN])
    if len(items) <= SHOWN:
        return text
    return f"{text} 等 {len(items)} 项" if chinese else f"{text} and others, {len(items)} in all"
