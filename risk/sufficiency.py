"""Whether there is enough data for a rule: the record types, their fields, case tables and policy, by name."""

from __future__ import annotations

from collections.abc import Iterable

from domain.contract import RECORD_TYPES
from projections.cases import case_table
from risk.catalogue.card import Bilingual
from risk.catalogue.needs import needed_field
from risk.catalogue.rule import Rule
from risk.engine import Engine
from risk.unjudged import Unjudged


class Sufficiency:
    """Answers for one world what is missing; each question is asked of the tables once."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._empty: dict[str, bool] = {}
        self._unjudged = Unjudged(engine)

    def lacking(self, rule: Rule) -> tuple[Bilingual, ...]:
        """Return the record types, fields, case tables and policy tables that the rule needs and that are empty."""
        types = [name for name in rule.card.needs if name in RECORD_TYPES]
        missing = self._without(types)
        missing += [
            field.missing
            for field in map(needed_field, sorted(set(rule.card.needs) - set(types)))
            if not self._is_empty(field.table) and self._is_empty(f"{field.table} WHERE {field.told}")
        ]
        missing += [
            Bilingual(f"缺少{case_table(name).zh}（{name}）", f"no {case_table(name).en} ({name})")
            for name in rule.card.cases
            if self._is_empty(name)
        ]
        missing += [
            Bilingual(f"政策中缺少 {name}", f"no {name} in the policy")
            for name in rule.card.policy
            if self._is_empty(name)
        ]
        return tuple(missing)

    def unjudged(self, rule: Rule) -> tuple[Bilingual, ...]:
        """Return what a rule that runs could not judge, by name."""
        return (*self._without(rule.card.partly), *self._unjudged.of(rule))

    def _without(self, types: Iterable[str]) -> list[Bilingual]:
        """Return those of the record types that are empty, by name."""
        return [
            Bilingual(f"缺少{RECORD_TYPES[name].zh}（{name}）", f"no {name}")
            for name in types
            if self._is_empty(RECORD_TYPES[name].table)
        ]

    def _is_empty(self, rows: str) -> bool:
        """Return whether a table, or a table under a condition, has no row."""
        if rows not in self._empty:
            self._empty[rows] = self._engine.run(f"SELECT 1 AS one FROM {rows} LIMIT 1", {}).num_rows == 0
        return self._empty[rows]
