"""How a rule ended in a screening: found, none, not enough data, or failed; never a silent ok."""

from __future__ import annotations

from typing import Literal

import msgspec

from risk.catalogue.card import Bilingual

OutcomeKind = Literal["found", "none", "not-enough-data", "failed"]


class Outcome(msgspec.Struct, frozen=True):
    """The end of one rule's run."""

    kind: OutcomeKind
    count: int = 0
    """Findings."""
    missing: tuple[Bilingual, ...] = ()
    """What was not there: of a rule that found something, the parts of the county that it could not judge."""
    problem: str = ""
    """Of a failed rule: the whole SQL and the engine's error."""
    notes: tuple[Bilingual, ...] = ()
    """What was set aside: a threshold of the county that is none of the rule's parameters."""
    seconds: float = 0.0
    """Wall time of the rule."""

    @property
    def lacked(self) -> tuple[str, str]:
        """What was not there, in Chinese and in English; "" and "" where nothing was missing."""
        return "；".join(part.zh for part in self.missing), "; ".join(part.en for part in self.missing)

    def text(self, language: Literal["zh", "en"]) -> str:
        """Return the outcome as one sentence (a failed one: with its problem)."""
        missing = self.lacked[0 if language == "zh" else 1]
        heads = {
            "found": (f"命中 {self.count} 项", f"found {self.count}"),
            "none": ("无", "none"),
            "not-enough-data": ("数据不足", "not enough data"),
            "failed": ("失败", "failed"),
        }
        head = heads[self.kind][0 if language == "zh" else 1]
        rest = self.problem if self.kind == "failed" else missing
        if not rest:
            return head
        return f"{head}：{rest}" if language == "zh" else f"{head}: {rest}"
