"""The rules as a county has them: what the last screening said of each, and what came of the suspicions it raised."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date

import duckdb
import msgspec
import pyarrow as pa

from domain.cases.suspicion_state import SuspicionState
from projections.cases import build_cases
from risk.anomaly.learning.intervals import Share, exact
from risk.anomaly.outcomes import recorded
from risk.catalogue.card import Bilingual, Value
from risk.catalogue.reasons import parts_of
from risk.catalogue.rule import Rule
from risk.thresholds import Thresholds, values_for
from risk.trying import is_number
from web.cases.labels import Pair
from web.methods.wording import unit_words, value_words

OUTCOMES: dict[str, Pair] = {
    "found": ("有命中", "found"),
    "none": ("无命中", "none"),
    "not-enough-data": ("数据不足", "not enough data"),
    "failed": ("运行失败", "failed"),
    "": ("未运行", "did not run"),
}
"""How a rule ended in a screening."""


class Ended(msgspec.Struct, frozen=True):
    """How a rule ended in a screening."""

    kind: str
    count: int
    told: Pair
    """What was missing, or failed; in English alone where the run is an older one, and what failed always is."""

    @property
    def words(self) -> Pair:
        """The kind of end in words."""
        return OUTCOMES.get(self.kind, (self.kind, self.kind))


class CameOf(msgspec.Struct, frozen=True):
    """What came of the suspicions that a rule had a part in."""

    suspicions: int
    """Raised from screenings."""
    open: int
    """Of which nothing was decided yet."""
    wrong: int
    """Found wrong by the best word there is about each."""
    right: int
    """Found in order: by a check, or by the township's own word."""
    share: Share
    """Share of the decided ones that were wrong, with its interval of 95 %."""


class ParameterLine(msgspec.Struct, frozen=True):
    """A parameter of a rule and its value in the county."""

    name: str
    default: str
    value: str
    unit: Pair
    range: str
    note: Pair
    own: bool
    settable: bool


NOTHING = CameOf(0, 0, 0, 0, exact(0, 0))


def ended(text: str, lacked: Pair | None = None) -> Ended:
    """Read an outcome as run.json and the ledger have it: `found 3`, `none`, `not-enough-data: why`.

    `lacked`: what was not there, where the run recorded it by itself.
    """
    kind, colon, told = text.partition(": ")
    if not colon and kind.startswith("found "):
        return Ended("found", int(kind.removeprefix("found ")), lacked or ("", ""))
    return Ended(kind, 0, lacked or (told, told))


def decided(connection: duckdb.DuckDBPyConnection, position: int, day: date) -> dict[str, bool]:
    """Return the suspicions of which something is known on a day: whether they were wrong.

    A check that does not rest on the township's word stands above it.
    """
    build_cases(connection, position, day)
    return _wrong(recorded(connection))


def _wrong(known: pa.Table) -> dict[str, bool]:
    found = {}
    for name, answer, checked in zip(
        *(known.column(column).to_pylist() for column in ("suspicion_id", "answer", "checked")), strict=True
    ):
        if checked is not None or answer is not None:
            found[str(name)] = checked == "wrong" if checked is not None else answer == "confirmed"
    return found


def came_of(states: Iterable[SuspicionState], told: Mapping[str, bool]) -> dict[str, CameOf]:
    """Return by rule what came of the suspicions in which it had a part."""
    every: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for state in states:
        for rule in state.standing.rules:
            every[rule] += 1
            if state.suspicion_id in told:
                (wrong if told[state.suspicion_id] else right)[rule] += 1
    return {
        rule: CameOf(
            count, count - wrong[rule] - right[rule], wrong[rule], right[rule],
            exact(wrong[rule], wrong[rule] + right[rule]),
        )
        for rule, count in every.items()
    }  # fmt: skip


def condition(rule: Rule, county: str, thresholds: Thresholds) -> Pair:
    """Return when the rule fires, in words, with the values that the county has in force."""
    if rule.card.condition is None:
        return "", ""
    values = values_for(rule, county, thresholds)
    return _filled(rule.card.condition.zh, values), _filled(rule.card.condition.en, values)


def _filled(template: str, values: Mapping[str, Value]) -> str:
    return "".join(
        text + ("" if name is None else value_words(name, values[name])) for text, name in parts_of(template)
    )


def parameters(rule: Rule, county: str, thresholds: Thresholds) -> tuple[ParameterLine, ...]:
    """Return the rule's parameters with the values that the county has in force."""
    values = values_for(rule, county, thresholds)
    return tuple(
        ParameterLine(
            each.name, value_words("", each.value), value_words("", values[each.name]), unit_words(each.unit),
            f"{each.range[0]} – {each.range[1]}", pair(each.note), values[each.name] != each.value,
            is_number(each.value),
        )
        for each in rule.card.parameters
    )  # fmt: skip


def pair(text: Bilingual) -> Pair:
    """Return a text of a card as pages take it."""
    return text.zh, text.en


def explanation_names(rule: Rule) -> dict[str, Pair]:
    """Return the innocent explanations of a rule by id, and the word for any other."""
    return {each.id: (each.zh, each.en) for each in rule.card.innocent} | {"other": ("其他", "other")}
