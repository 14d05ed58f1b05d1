"""What E07 says of register lines whose collector the register of collectors does not hold."""

from __future__ import annotations

from datetime import date

from risk.catalogue.example_form import Example, Row
from risk.catalogue.example_rows import ExampleWorld
from risk.catalogue.rule import RULES, load
from risk.catalogue.world import build_views, shared_views, views_read
from risk.engine import DuckDBEngine
from risk.sufficiency import Sufficiency
from risk.unjudged import asked_of

AS_OF = date(2026, 1, 10)


def said(world: ExampleWorld, rule_id: str, takers: tuple[str, ...]) -> tuple[str, ...]:
    """Return what a rule could not judge where these took one line each and C1 alone is in the register."""
    lines: list[Row] = [
        {
            "record_id": f"R{number}", "payer": f"p{number}", "fee": "resident-medical", "fee_year": 2026,
            "amount_fen": 40000, "received_at": "2025-10-13 10:00", "collector_id": taker, "division": "653123200201",
        }
        for number, taker in enumerate(takers)
    ]  # fmt: skip
    collectors: list[Row] = [
        {"record_id": "C1", "role": "village-agent", "division": ["653123200201"], "appointed_on": "2024-01-01"}
    ]
    rows = {"cash_receipts": lines, "collectors": collectors}
    world.put(Example(RULES, 1, "made", "fires", None, None, AS_OF, {}, rows, ()))
    rule = next(rule for rule in load().rules if rule.id == rule_id)
    build_views(world.connection, views_read("\n".join(asked_of(rule)), shared_views()))
    return tuple(part.en for part in Sufficiency(DuckDBEngine(world.connection)).unjudged(rule))


def test_lines_of_collectors_whom_the_register_does_not_hold_are_counted(world: ExampleWorld) -> None:
    told = (
        "3 register lines name collectors (2) who are not in the register of collectors: "
        "whether they were appointed cannot be judged"
    )
    assert said(world, "E07", ("C1", "X7", "X7", "X8")) == (told,)


def test_where_the_register_holds_them_all_nothing_is_said(world: ExampleWorld) -> None:
    assert said(world, "E07", ("C1", "C1")) == ()


def test_rules_that_ask_for_payments_too_say_nothing_of_it(world: ExampleWorld) -> None:
    assert said(world, "A01", ("C1", "X7")) == ()
