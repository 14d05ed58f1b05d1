"""What the page of a screening tells: where the run stands, counts, best suspicions, townships, what was not judged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from casework.accounts import RunAccount, TypeCounts
from casework.lists.draw import TownshipList
from casework.workbook.labels import CATEGORIES, SEVERITIES, SUBJECTS
from domain.contract import RECORD_TYPES
from domain.money import yuan
from risk.catalogue.rule import Catalogue
from risk.outcome import Outcome
from risk.scoring.money import counted_once
from risk.scoring.suspicion import SUSPICIONS, Suspicion, rows

BEST = 20
SHOWN_REASONS = 3
SHOWN_TOKEN = 8
"""Of a token its beginning is enough to tell it from another on the page."""
_TOKENS = frozenset({"payer", "card", "account"})

Pair = tuple[str, str]
"""Chinese and English."""


class TypeRow(NamedTuple):
    """A record type and what became of its rows."""

    name: Pair
    counts: TypeCounts


class RuleRow(NamedTuple):
    """How a rule ended."""

    id: str
    title: Pair
    kind: str
    outcome: Pair


class BestRow(NamedTuple):
    """A suspicion."""

    rank: int
    severity: str
    severity_words: Pair
    category: Pair
    place: str
    subject: Pair
    amount: str
    rules: tuple[str, ...]
    reasons: tuple[Pair, ...]
    more: int
    """Reasons that are not shown."""


class TownshipRow(NamedTuple):
    """A township's list."""

    name: str
    items: int
    left_out: int
    amount: str
    """Yuan at risk of its items."""


class NotJudged(NamedTuple):
    """What one rule, or several for the same reason, could not judge."""

    rules: tuple[str, ...]
    title: Pair
    """Of a rule by itself; empty where there are several."""
    what: Pair


class RunReport(NamedTuple):
    """The page."""

    county: str
    position: int
    as_of: date
    root: str
    model: str
    suspicions: int
    offices: int
    findings: int
    amount: str
    types: tuple[TypeRow, ...]
    told_twice: tuple[tuple[Pair, int], ...]
    """Name of a record type, and how many of its records the rules count once, since another system tells them too."""
    refused: int
    failed: tuple[str, ...]
    """Rules that failed."""
    rules: tuple[RuleRow, ...]
    trials: tuple[RuleRow, ...]
    """Versions on trial, by name."""
    best: tuple[BestRow, ...]
    townships: tuple[TownshipRow, ...]
    not_judged: tuple[NotJudged, ...]


class Run(NamedTuple):
    """What a screening left, as the page is made of it."""

    suspicions: pa.Table
    outcomes: Mapping[str, Outcome]
    trials: Mapping[str, Outcome]
    """Of versions on trial, by name."""
    lists: Iterable[TownshipList]
    places: Mapping[str, str]
    account: RunAccount
    rules: Catalogue


def told(run: Run) -> RunReport:
    """Return what the page of a run tells; nothing of it depends on how long the run took."""
    account = run.account
    own = run.suspicions.filter(pc.field("file") == SUSPICIONS)
    total = counted_once((each.amount_at_risk_fen, each.evidence) for each in rows(own))
    titles = {rule.id: (rule.card.title.zh, rule.card.title.en) for rule in run.rules.rules}
    return RunReport(
        county=" ".join(filter(None, (run.places.get(account.county, ""), account.county))),
        position=account.position,
        as_of=account.as_of,
        root=account.root_hash or "",
        model=account.model or "",
        suspicions=own.num_rows,
        offices=run.suspicions.num_rows - own.num_rows,
        findings=account.findings,
        amount=_shown(total),
        types=_types(account),
        told_twice=tuple((_type_name(name), count) for name, count in account.told_twice.items()),
        refused=sum(counts.quarantined + counts.unreadable for counts in account.records.values()),
        failed=tuple(name for name, one in sorted(run.outcomes.items()) if one.kind == "failed"),
        rules=_rules(run.outcomes, titles),
        trials=_rules(run.trials, titles),
        best=tuple(_best(own, run.places)),
        townships=tuple(_township(each, run.places) for each in run.lists),
        not_judged=tuple(_not_judged(run.outcomes, titles)),
    )  # fmt: skip


def _rules(outcomes: Mapping[str, Outcome], titles: Mapping[str, Pair]) -> tuple[RuleRow, ...]:
    """Return how each ended; a version's name begins with its rule's id."""
    return tuple(
        RuleRow(name, titles.get(name.partition("-")[0], (name, name)), one.kind, (one.text("zh"), one.text("en")))
        for name, one in sorted(outcomes.items())
    )


def _not_judged(outcomes: Mapping[str, Outcome], titles: Mapping[str, Pair]) -> Iterable[NotJudged]:
    """Return each reason once, in the order of the first rule that has it."""
    found: dict[Pair, list[str]] = {}
    for name, one in sorted(outcomes.items()):
        for part in (*one.missing, *one.notes):
            found.setdefault((part.zh, part.en), []).append(name)
    for what, names in found.items():
        alone = titles.get(names[0], (names[0], names[0])) if len(names) == 1 else ("", "")
        yield NotJudged(tuple(names), alone, what)


def _shown(fen: int) -> str:
    """Return an amount in yuan as a table shows it: 1,200.50."""
    whole, _, part = yuan(fen).partition(".")
    return f"{int(whole):,}.{part}"


def _types(account: RunAccount) -> tuple[TypeRow, ...]:
    return tuple(
        TypeRow(_type_name(name), counts)
        for name, counts in account.records.items()
        if counts.read or counts.unreadable or counts.set_aside
    )


def _type_name(name: str) -> Pair:
    return RECORD_TYPES[name].zh if name in RECORD_TYPES else name, name.replace("-", " ")


def _best(own: pa.Table, places: Mapping[str, str]) -> Iterable[BestRow]:
    first = own.sort_by([("rank", "ascending"), ("county", "ascending")]).slice(0, BEST)
    for item in rows(first):
        reasons = tuple(zip(item.reasons_zh, item.reasons_en, strict=True))
        code = item.village or item.township or item.county
        yield BestRow(
            item.rank, item.severity, (SEVERITIES.get(item.severity, item.severity), item.severity),
            (CATEGORIES.get(item.category, item.category), item.category.replace("-", " ")), places.get(code, code),
            _subject(item, places), _shown(item.amount_at_risk_fen), item.rules, reasons[:SHOWN_REASONS],
            max(len(reasons) - SHOWN_REASONS, 0),
        )  # fmt: skip


def _subject(item: Suspicion, places: Mapping[str, str]) -> Pair:
    """Return whom or what it is about: the source's own id, a place's name, of a person the beginning of the token."""
    called = places.get(item.subject_id, item.subject_id)
    if item.subject_type in _TOKENS:
        called = f"{item.subject_id[:SHOWN_TOKEN]}…"
    kind = item.subject_type
    return f"{SUBJECTS.get(kind, kind)} {called}", f"{kind.replace('-', ' ')} {called}"


def _township(each: TownshipList, places: Mapping[str, str]) -> TownshipRow:
    return TownshipRow(places.get(each.code, each.code), len(each.items), each.left_out, _shown(each.once_fen))
