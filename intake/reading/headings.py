"""Which contract field a heading stands for, compared without spaces, line breaks and units in brackets."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec

from domain.form import RecordType
from intake.reading.insurances import amount_field, fee_named
from intake.reading.units import unit_of, without_unit

_BLANKS = re.compile(r"[\s\u200b\ufeff]+")
_UNIT = re.compile(
    r"\((?:单位:?)?(?:人民币)?(?:元|元/人|元/年|元/人年|元/人/年|人|户|笔|份|张|年|年度|岁|月|日|yuan|rmb|cny"
    r"|年-?月-?日|yyyy[-/.]?mm[-/.]?dd.*|yyyy|√|打√|划√|是/否|18位|必填|选填)\)"
)
_BRACKETS = str.maketrans("", "", "()[]【】《》")
_EDGES = "*:;,、。"
SERIAL_LABEL = "序号"
"""The name under which a serial column stands as extra where an id column makes it a number of no meaning."""
_SERIAL = frozenset({"序号", "序", "顺序号", "编号", "行号", "no", "no.", "serial"})
_SOMEBODY_ELSE = re.compile(r"代收|经办|村负责人|村委会|付款|代缴|开户|持卡|举报|审核|初收|转交")
_CONFLICTING = frozenset({"identity", "money"})


class Assigned(msgspec.Struct, frozen=True):
    """What each column of a table is: field -> columns (the first counts), fee -> column of its amounts, the rest."""

    fields: dict[str, tuple[int, ...]]
    insurances: dict[str, int]
    serial: int | None
    extra: dict[str, int]
    units: dict[int, str] = {}
    """Column of amounts to its unit, where its heading names another than yuan."""

    @property
    def score(self) -> int:
        """How much of the contract the headings name; an insurance column is both a fee and an amount."""
        return len(self.fields) + 2 * len(self.insurances)


class HeadingIndex:
    """The headings of one record type, its English field names and a mapping file's, in comparable form."""

    def __init__(self, record_type: RecordType, mapping: Mapping[str, str] | None = None) -> None:
        """Raise ValueError where the mapping names a field that the type does not have."""
        self.record_type = record_type
        self._types = {field.name: field.type for field in record_type.fields}
        self._amount = amount_field(record_type)
        fee = [field.zh_values for field in record_type.fields if field.name == "fee"]
        self._fees = {comparable(zh): value for zh, value in fee[0].items()} if fee else {}
        self._ranks: dict[str, tuple[int, str]] = {}
        for heading, name in (mapping or {}).items():
            if name not in self._types:
                raise ValueError(f"mapping: {record_type.name} has no field {name!r} (heading {heading!r})")
            self._add(heading, 0, name)
        for field in record_type.fields:
            for rank, heading in enumerate((field.name, *field.zh), start=1):
                self._add(heading, rank, field.name)

    def _add(self, heading: str, rank: int, name: str) -> None:
        for form in forms(heading):
            self._ranks.setdefault(form, (rank, name))

    def claim(self, heading: str) -> tuple[int, str] | None:
        """Return (rank, field) of the field that claims the heading, None where none does; a lower rank is better."""
        for form in forms(heading):
            if form in self._ranks:
                return self._ranks[form]
        return None

    def claim_joined(self, upper: str, lower: str) -> tuple[int, str] | None:
        """Claim a heading on two levels: joined either way, else the lower one alone unless the upper names another."""
        if not upper or not lower or comparable(upper) == comparable(lower):
            return self.claim(lower or upper)
        for joined in (upper + lower, lower + upper):
            if found := self.claim(joined):
                return found
        if _SOMEBODY_ELSE.search(upper):
            return None
        found = self.claim(lower)
        return (found[0] + 100, found[1]) if found else None

    def assign(self, headings: Sequence[tuple[str, str]], *, units: bool = False) -> Assigned:
        """Give every column (upper and lower heading) to a field, the serial, or the rest under its own heading.

        units: whether the caller minds Assigned.units; without, an amount in another unit than yuan is no field's.

        Where several headings claim a field, the contract's order decides and the others stand as extra; identity and
        money columns, and columns with the very same heading, are kept together so that rows can be compared.
        """
        sorting = _Sorting(headings)
        for column, (upper, lower) in enumerate(headings):
            if found := self.claim_joined(upper, lower) or (self._in_unit(upper, lower) if units else None):
                sorting.claims.setdefault(found[1], []).append((found[0], column))
            elif fee := self._insurance(upper, lower):
                sorting.insurances.setdefault(fee, []).append(column)
            elif sorting.serial is None and comparable(lower or upper) in _SERIAL:
                sorting.serial = column
            else:
                sorting.extra.append(column)
        if "fee" in sorting.claims:
            sorting.drop_insurances()
        if sorting.insurances and self._amount:
            sorting.drop_field(self._amount)
        return sorting.result({name for name, kind in self._types.items() if kind in _CONFLICTING})

    def _in_unit(self, upper: str, lower: str) -> tuple[int, str] | None:
        if not (unit_of(upper) or unit_of(lower)):
            return None
        found = self.claim_joined(without_unit(upper), without_unit(lower))
        return found if found and self._types[found[1]] == "money" else None

    def _insurance(self, upper: str, lower: str) -> str | None:
        if self._amount is None:
            return None
        texts = (comparable(upper + lower), comparable(lower), comparable(upper) if not lower else "")
        return next((fee for text in texts if text and (fee := fee_named(text, self._fees))), None)


class _Sorting:
    """Columns on their way to an Assigned."""

    def __init__(self, headings: Sequence[tuple[str, str]]) -> None:
        self._headings = headings
        self.claims: dict[str, list[tuple[int, int]]] = {}
        self.insurances: dict[str, list[int]] = {}
        self.serial: int | None = None
        self.extra: list[int] = []

    def drop_insurances(self) -> None:
        """Keep the insurance columns as they are, in a table that has a fee column."""
        self.extra += [column for columns in self.insurances.values() for column in columns]
        self.insurances = {}

    def drop_field(self, name: str) -> None:
        """Keep a column as it is, such as the sum beside the insurance columns."""
        self.extra += [column for _, column in self.claims.pop(name, [])]

    def result(self, conflicting: set[str]) -> Assigned:
        """Settle which column counts where several claim a field."""
        fields: dict[str, tuple[int, ...]] = {}
        for name, ranked in self.claims.items():
            ranked.sort()
            kept = [at for rank, at in ranked if rank == ranked[0][0] or name in conflicting]
            fields[name] = tuple(kept)
            self.extra += [at for _, at in ranked if at not in kept]
        insurances = {fee: columns[0] for fee, columns in self.insurances.items()}
        self.extra += [at for columns in self.insurances.values() for at in columns[1:]]
        extra: dict[str, int] = {}
        taken = Counter({SERIAL_LABEL: 1} if self.serial is not None else {})
        for column in sorted(self.extra):
            extra[_unique(_label(*self._headings[column], column), taken)] = column
        amounts = [at for columns in (*fields.values(), insurances.values()) for at in columns]
        named = {at: unit_of(self._headings[at][1]) or unit_of(self._headings[at][0]) for at in amounts}
        units = {at: unit for at, unit in named.items() if unit}
        return Assigned(fields=fields, insurances=insurances, serial=self.serial, extra=extra, units=units)


def comparable(heading: str) -> str:
    """Return a heading without blanks, units in brackets and marks at its edges, full-width letters folded."""
    text = _BLANKS.sub("", unicodedata.normalize("NFKC", heading)).casefold()
    return _UNIT.sub("", text).strip(_EDGES)


def forms(heading: str) -> tuple[str, ...]:
    """Return the forms under which a heading is compared: as it is, and with brackets taken off but not their text."""
    text = comparable(heading)
    if not text:
        return ()
    return (text, text.translate(_BRACKETS))


def _label(upper: str, lower: str, column: int) -> str:
    parts = [_BLANKS.sub("", part) for part in (upper, lower)]
    label = parts[0] if parts[0] == parts[1] else "".join(parts)
    return label or f"#{column + 1}"


def _unique(label: str, taken: Counter[str]) -> str:
    """Return the label, with a number where it is taken, and note it; taken: how often a label was asked for."""
    name = label
    while taken[name]:
        taken[label] += 1
        name = f"{label}#{taken[label]}"
    taken[name] = 1
    return name
