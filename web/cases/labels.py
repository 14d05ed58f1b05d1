"""Words for kinds of wrong, severities, subjects, states and answers, in Chinese and English."""

from __future__ import annotations

from casework.sampling.ways import WAYS
from casework.workbook import columns, labels
from domain.cases import answer
from domain.cases.moves import REFERRAL, RULE_VERSION, SPOT_CHECK, SUSPICION, SUSPICION_LIST
from domain.cases.permission import ROLES
from domain.contract import RECORD_TYPES
from domain.fees import FEES
from web.cases.places import OFFICES
from web.records.looks import WORDS

Pair = tuple[str, str]


def _spoken(names: dict[str, str]) -> dict[str, Pair]:
    """Return the Chinese names with their ids, which are English words."""
    return {name: (zh, name.replace("-", " ")) for name, zh in names.items()}


LABELS: dict[str, dict[str, Pair]] = {
    "category": _spoken(labels.CATEGORIES),
    "severity": _spoken(labels.SEVERITIES),
    "subject": _spoken(labels.SUBJECTS),
    "suspicion": dict(SUSPICION.states),
    "list": dict(SUSPICION_LIST.states),
    "spotcheck": dict(SPOT_CHECK.states),
    "referral": dict(REFERRAL.states),
    "drawing": WAYS,
    "fee": _spoken({fee.id: fee.zh[0] for fee in FEES}),
    "outcome": {
        "confirmed": ("属实", "confirmed"), "partly": ("部分属实", "partly"), "cleared": ("不属实", "cleared"),
        "undecidable": ("无法认定", "undecidable"),
    },
    "rulestate": dict(RULE_VERSION.states),
    "office": OFFICES,
    "role": ROLES,
    "result": _spoken(dict(zip(answer.RESULTS, columns.RESULTS, strict=True))),
    "method": _spoken(dict(zip(answer.METHODS, columns.METHODS, strict=True))),
    "recordtype": _spoken({name: kind.zh for name, kind in RECORD_TYPES.items()}),
    "purpose": WORDS,
}
"""Kind of label to value to its words."""


def label(kind: str, value: str | None) -> Pair:
    """Return the words for a value, the value itself where it has none."""
    found = value or ""
    return LABELS[kind].get(found, (found, found))
