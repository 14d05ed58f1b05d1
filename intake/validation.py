"""From chunks of text columns to facts: column by column, every row either a fact or a refusal with its reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from itertools import compress, repeat
from types import MappingProxyType
from typing import NamedTuple

from domain.fact import Defect, Envelope, Fact
from domain.form import Field, RecordType
from intake.forms import FORMS, FormParser
from intake.parsing import IdentityParser, MomentParser, Parser, TextParser, Unread, Value, parser_of, read_division
from intake.places import Resolver
from intake.reading.chunk import Chunk
from intake.reasons import MISSING_COLUMN, UNRESOLVED, text_of
from intake.sealing import Entry, HandedOver
from intake.shown import shown_id, shown_of_row
from intake.standins import StandIns
from ledger.tokens import Tokens

Column = list[Value | None]
Columns = dict[str, Sequence[object]]
COLLECTORS = {"collector_id", "operator_id"}
WHOLE_ROW = ""
"""Under which the vault has the text of a row that could not be split into cells."""


class Refusal(NamedTuple):
    """A record that cannot be taken: where it stands, and the first value that stops it."""

    place: str
    line: int
    record_id: str
    column: str
    value: str
    reason: str
    reason_zh: str
    reason_en: str
    row: dict[str, str]
    """The whole row as it was read, for the vault."""
    part: str = ""
    """Of a line that is several records, one per insurance: the fee of this one."""


class Validated(NamedTuple):
    """What a chunk became: facts with their lines, in order, the refused rows, and what the vault must keep."""

    facts: list[Fact]
    lines: list[int]
    sources: list[str]
    record_ids: list[str]
    refusals: list[Refusal]
    sealed: list[Entry]


class Surroundings(NamedTuple):
    """What a file does not say of itself."""

    tokens: Tokens
    resolver: Resolver
    county: str
    source: str
    """The source of rows that name none."""
    subject: str
    """Whose secret seals what belongs to no person: the file, file:<sha256>."""
    envelope: Callable[[str], Envelope]
    """Source to envelope."""
    handed_over: HandedOver


class Validator:
    """Validates the chunks of one file of one record type; it remembers what its columns have read."""

    def __init__(
        self,
        record_type: RecordType,
        around: Surroundings,
        words: Mapping[str, Mapping[str, str]] = MappingProxyType({}),
    ) -> None:
        """words: field -> word -> value, the county's own names of values."""
        self.type = record_type
        self.around = around
        self.texts = {field.name: _text_parser(field) for field in record_type.fields}
        self.moments = {field.name: MomentParser() for field in record_type.fields if field.type == "datetime"}
        self.values = {
            field.name: parser_of(field, words.get(field.name, {}))
            for field in record_type.fields
            if field.type not in ("string", "identity", "datetime")
        }

    def validate(self, chunk: Chunk) -> Validated:
        """Return what the chunk's rows became; facts + refusals = rows."""
        return _Pass(self, chunk).run()


def shared_lines(lines: Sequence[int]) -> frozenset[int]:
    """Return the lines that are several records."""
    if len(set(lines)) == len(lines):
        return frozenset()
    return frozenset(line for line, count in Counter(lines).items() if count > 1)


def _text_parser(field: Field) -> TextParser:
    if field.type == "identity":
        return IdentityParser()
    form = FORMS.get(field.name)
    return FormParser(form) if form else TextParser(key=field.name in ("record_id", "source"))


class _Pass:
    """One chunk on its way; rows are numbered as in the chunk until `run` leaves the refused ones out."""

    def __init__(self, validator: Validator, chunk: Chunk) -> None:
        self.validator, self.chunk = validator, chunk
        self.around, self.type = validator.around, validator.type
        self.count = len(chunk.lines)
        self.lines = chunk.lines
        self.shared = shared_lines(chunk.lines)
        self.refused: dict[int, Refusal] = {}
        self.defects: dict[int, list[Defect]] = {}
        self.columns: Columns = {}
        self.texts: dict[str, list[str | None]] = {}
        """The text columns among them."""
        self.lists: dict[str, list[tuple[str, ...]]] = {}
        """The list columns among them."""
        self.untimed: set[int] = set()

    def run(self) -> Validated:
        self._take_reader_faults()
        for field in self.type.fields:
            self._take(field, self._column(field))
        self._resolve()
        if self.refused:
            self._leave_out_refused()
        stand_ins = StandIns(self.around.tokens, self.around.handed_over, self.around.subject, self.count)
        hidden = stand_ins.keys(self.type, self.texts)
        self.texts.update(hidden)
        self.columns.update(hidden)
        self.columns.update(stand_ins.columns(self.type, self.texts, self.lists))
        facts = self._facts(stand_ins.unclaimed(self.chunk.extra) if self.chunk.extra else None)
        fresh = self.around.handed_over.fresh(stand_ins.sealed)
        sources = [str(source) for source in self.columns["source"]]
        ids = [str(identifier) for identifier in self.columns["record_id"]]
        return Validated(facts, self.lines, sources, ids, [self.refused[row] for row in sorted(self.refused)], fresh)

    def _take_reader_faults(self) -> None:
        for fault in self.chunk.faults:
            field = None if fault.column in ("", "*") else self.type.field(fault.column)
            if field is None or field.required or field.type == "identity":
                self._refuse(fault.row, fault.column, fault.value, fault.reason.value, field)
            else:
                self.defects.setdefault(fault.row, []).append(Defect(field.column, fault.reason.value))
                self.chunk.columns[fault.column][fault.row] = None

    def _refuse(self, row: int, column: str, value: str, reason: str, field: Field | None) -> None:
        if row in self.refused:
            return
        said = text_of(reason, field)
        ids = self.chunk.columns.get("record_id") or [None] * self.count
        whole = {name: texts[row] or "" for name, texts in (self.chunk.columns | self.chunk.extra).items()}
        if field is None:
            whole[WHOLE_ROW] = value.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
        self.refused[row] = Refusal(
            self.chunk.place,
            self.chunk.lines[row],
            shown_id((ids[row] or "").strip()),
            column,
            shown_of_row(value, field, whole, self.type),
            reason,
            said.zh,
            said.en,
            whole,
            whole.get("fee", "") if self.chunk.lines[row] in self.shared else "",
        )

    def _take(self, field: Field, values: Column) -> None:
        self.columns[field.name] = values
        if field.type == "list":
            lists = [value if isinstance(value, tuple) else () for value in values]
            self.lists[field.name] = self._places(field, lists) if field.of == "division" else lists
            self.columns[field.name] = self.lists[field.name]
        elif field.name == "payer_id_type":
            self.texts[field.name] = [value if isinstance(value, str) else None for value in values]

    def _column(self, field: Field) -> Column:
        texts = self.chunk.columns.get(field.name)
        if texts is None:
            return self._absent(field)
        parser = self._parser(field)
        values: Column
        if isinstance(parser, TextParser):
            self.texts[field.name] = parser.column(texts)
            values = list(self.texts[field.name])
        else:
            values = list(parser.column(texts))
        if parser.bad:
            self._unread(field, texts, values, parser.bad)
        if isinstance(parser, MomentParser) and parser.days:
            self.untimed |= {row for row, text in enumerate(texts) if text in parser.days}
        if None in values:
            self._empty(field, values)
        return values

    def _parser(self, field: Field) -> Parser[Value] | Parser[str] | Parser[datetime]:
        if field.type == "datetime":
            return self.validator.moments[field.name]
        if field.type in ("string", "identity"):
            return self.validator.texts[field.name]
        return self.validator.values[field.name]

    def _absent(self, field: Field) -> Column:
        if field.name == "source":
            return [self.around.source] * self.count
        if field.name == "division" and field.type == "division":
            return [self.around.county] * self.count
        if field.type in ("string", "identity"):
            self.texts[field.name] = [None] * self.count
        if field.required:
            for row in range(self.count):
                self._refuse(row, field.name, "", MISSING_COLUMN, field)
        return [self._default(field)] * self.count

    def _default(self, field: Field) -> Value | None:
        if field.default is None:
            return None
        return (
            self.validator.texts[field.name].value(field.default)
            if field.type == "string"
            else self.validator.values[field.name][field.default]
        )

    def _unread(self, field: Field, texts: list[str | None], values: Column, bad: dict[str, Unread]) -> None:
        for row, text in enumerate(texts):
            if text is None or text not in bad:
                continue
            if bad[text] is Unread.NOT_DIVISION:
                values[row] = self._place(field, row, text)
            elif field.required or field.name == "source":
                self._refuse(row, field.name, text, bad[text].value, field)
            else:
                self.defects.setdefault(row, []).append(Defect(field.column, bad[text].value))

    def _place(self, field: Field, row: int, text: str) -> str | None:
        """Return the code of a place's name, or its token with a defect; None where the row is refused for it."""
        code = self.around.resolver.division(text)
        if code is not None:
            return code
        if field.required and any(character.isdigit() for character in text):
            self._refuse(row, field.name, text, Unread.NOT_DIVISION.value, field)
            return None
        self.defects.setdefault(row, []).append(Defect(field.column, UNRESOLVED))
        return f"name:{self.around.tokens.text(text)}"

    def _places(self, field: Field, lists: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
        """Return the lists with a code for each item, or the token of a name that stands for no known code."""
        placed: list[tuple[str, ...]] = []
        for row, items in enumerate(lists):
            codes = [(item, read_division(item)) for item in items]
            found = [self._place(field, row, item) if isinstance(code, Unread) else code for item, code in codes]
            placed.append(tuple(code for code in found if code is not None))
        return placed

    def _empty(self, field: Field, values: Column) -> None:
        fill: Value | None = self.around.source if field.name == "source" else self._default(field)
        if fill is None and not field.required:
            return
        for row, value in enumerate(values):
            if value is not None:
                continue
            if fill is not None:
                values[row] = fill
            elif field.required:
                self._refuse(row, field.name, "", Unread.EMPTY.value, field)

    def _resolve(self) -> None:
        for field in self.type.fields:
            if field.name in COLLECTORS:
                self._resolve_collectors(field)

    def _resolve_collectors(self, field: Field) -> None:
        values = self.texts[field.name]
        strangers = {value for value in values if value} - self.around.resolver.collectors
        if not strangers:
            return
        divisions = self.columns.get("division") or [self.around.county] * self.count
        for row, value in enumerate(values):
            if value in strangers:
                place = divisions[row]
                found = self.around.resolver.collector(
                    str(value), place if isinstance(place, str) else self.around.county
                )
                values[row] = found.id
                if not found.known:
                    self.defects.setdefault(row, []).append(Defect(field.column, UNRESOLVED))
        self.columns[field.name] = values

    def _leave_out_refused(self) -> None:
        kept = [row not in self.refused for row in range(self.count)]
        self.columns = {name: list(compress(values, kept)) for name, values in self.columns.items()}
        self.texts = {name: list(compress(texts, kept)) for name, texts in self.texts.items()}
        self.lists = {name: list(compress(items, kept)) for name, items in self.lists.items()}
        self.chunk.extra = {name: list(compress(texts, kept)) for name, texts in self.chunk.extra.items()}
        numbers = {row: number for number, row in enumerate(compress(range(self.count), kept))}
        self.defects = {numbers[row]: defects for row, defects in self.defects.items() if row in numbers}
        self.untimed = {numbers[row] for row in self.untimed if row in numbers}
        self.lines = list(compress(self.lines, kept))
        self.count = len(numbers)

    def _facts(self, extra: list[dict[str, str]] | None) -> list[Fact]:
        by_column: dict[str, Iterable[object]] = {field.column: self.columns[field.name] for field in self.type.fields}
        by_column["timed"] = (
            [row not in self.untimed for row in range(self.count)]
            if self.untimed
            else repeat(not self.untimed, self.count)
        )
        none: tuple[Defect, ...] = ()
        by_column["defects"] = (
            [tuple(self.defects.get(row, none)) for row in range(self.count)]
            if self.defects
            else repeat(none, self.count)
        )
        by_column["extra"] = extra if extra is not None else repeat({}, self.count)
        inputs = [by_column[name] for name in self.type.recorded.__struct_fields__ if name != "envelope"]
        sources = self.columns["source"]
        envelopes = {source: self.around.envelope(source) for source in set(sources) if isinstance(source, str)}
        if len(envelopes) == 1:
            return list(map(partial(self.type.recorded, envelope=next(iter(envelopes.values()))), *inputs))
        rows = zip(sources, *inputs, strict=True)
        return [self.type.recorded(*row, envelope=envelopes[str(source)]) for source, *row in rows]
