"""All rules: what each looks for, how it ended in the last screening, and what came of the suspicions it raised."""

from __future__ import annotations

from collections import Counter
from datetime import date

import msgspec
from fastapi import APIRouter
from starlette.responses import Response

from casework.runs import Run
from risk.catalogue.rule import Rule
from web.cases.labels import LABELS, Pair, label
from web.cases.table import known
from web.frame.tables import table_of
from web.frame.visit import Visit, Visiting
from web.methods.rules import NOTHING, OUTCOMES, CameOf, Ended, came_of, decided, ended, pair

router = APIRouter()
READ = "rules.read"


class RuleRow(msgspec.Struct, frozen=True):
    """A rule as a line."""

    id: str
    title: Pair
    category: str
    severity: str
    addressee: str
    state: str
    version: int
    ended: Ended
    came_of: CameOf
    retiring: bool
    """Its retirement is proposed and waits for another person."""


class RulesPage(msgspec.Struct, frozen=True):
    """Variables of methods/rules.html."""

    rows: tuple[RuleRow, ...]
    total: int
    category: str
    categories: tuple[str, ...]
    outcome: str
    outcomes: dict[str, Pair]
    counts: dict[str, int]
    """How many rules ended so in the last screening."""
    screened_on: date | None
    retiring: tuple[str, ...]
    """Rules whose retirement waits for another person."""


@router.get("/rules")
def show(visit: Visiting, category: str = "", outcome: str = "") -> Response:
    """Show the rules, of one kind of wrong or one end where the address names it."""
    visit.may(READ)
    run, rows = visit.service.screened.last(), _rows(visit)
    wanted, end = known("category", category), outcome if outcome in OUTCOMES else ""
    page = RulesPage(
        tuple(row for row in rows if wanted in ("", row.category) and end in ("", row.ended.kind)), len(rows), wanted,
        tuple(each for each in LABELS["category"] if any(row.category == each for row in rows)), end,
        {name: words for name, words in OUTCOMES.items() if name}, Counter(row.ended.kind for row in rows),
        run.event.as_of if run is not None else None, visit.service.rules.look().retiring,
    )  # fmt: skip
    return visit.page("methods/rules.html", page)


@router.get("/rules.csv")
@router.get("/rules.xlsx")
def download(visit: Visiting) -> Response:
    """Give all rules with what came of them as a file."""
    visit.may(READ)
    say, pick = visit.language.say, visit.language.pick
    columns = (
        say("规则"), say("名称"), say("类型"), say("最高等级"), say("推送对象"), say("状态"), say("版本"),
        say("上次筛查"), say("命中"), say("疑点"), say("属实"), say("不属实"),
    )  # fmt: skip
    rows = (
        (
            row.id, pick(*row.title), pick(*label("category", row.category)), pick(*label("severity", row.severity)),
            pick(*label("office", row.addressee)), pick(*label("rulestate", row.state)), row.version,
            pick(*row.ended.words), row.ended.count, row.came_of.suspicions, row.came_of.wrong, row.came_of.right,
        )
        for row in _rows(visit)
    )  # fmt: skip
    return table_of(columns, rows).sent(visit.request.url.path)


def known_of(visit: Visit) -> dict[str, CameOf]:
    """Return by rule what came of its suspicions, as the ledger has it now."""
    seen = visit.seen()
    with visit.service.facts.look() as connection:
        told = decided(connection, seen.position, visit.cases().acting.today)
    return came_of(seen.suspicions.values(), told)


def ended_in(rule: str, run: Run | None) -> Ended:
    """Return how a rule ended in a run; did not run, where there is none."""
    return ended("") if run is None else ended(run.event.outcomes.get(rule, ""), run.event.lacked.get(rule))


def _rows(visit: Visit) -> list[RuleRow]:
    run, told, states = visit.service.screened.last(), known_of(visit), visit.service.rules.states()
    standing = visit.service.rules.look()
    return [_row(rule, states[rule.id], run, told, standing.retiring) for rule in standing.known.rules]


def _row(rule: Rule, state: str, run: Run | None, told: dict[str, CameOf], retiring: tuple[str, ...]) -> RuleRow:
    card = rule.card
    return RuleRow(
        rule.id, pair(card.title), card.category, card.severity, card.addressee, state, rule.version,
        ended_in(rule.id, run), told.get(rule.id, NOTHING), rule.id in retiring,
    )  # fmt: skip
