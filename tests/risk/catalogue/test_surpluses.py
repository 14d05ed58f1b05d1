"""The smallest surplus that counts is each rule's own parameter: the shared views leave none out."""

from __future__ import annotations

import msgspec
import pytest

from risk.catalogue.example_form import Cell, Example, read_examples
from risk.catalogue.examples import findings_of
from risk.catalogue.rule import load

RULES = load()


def _with_surplus(example: Example, fen: int) -> Example:
    """Return the example with that much more taken on every line than was paid for its payer."""
    paid = {str(row["payer"]): row["amount_fen"] for row in example.rows["payments"]}
    lines: list[dict[str, Cell]] = []
    for row in example.rows["cash_receipts"]:
        amount = paid.get(str(row["payer"]), row["amount_fen"])
        assert isinstance(amount, int)
        lines.append({**row, "amount_fen": amount + fen})
    return msgspec.structs.replace(example, rows={**example.rows, "cash_receipts": lines})


@pytest.mark.parametrize("rule", ["B01", "B04", "B06", "B08"])
def test_a_county_may_count_surpluses_below_a_yuan(rule: str) -> None:
    examples = read_examples(RULES[rule].folder)
    fires = next(example for example in examples if example.kind == "fires" and "cash_receipts" in example.rows)
    small = _with_surplus(fires, 50)
    assert findings_of(RULES[rule], small) == []
    counted = msgspec.structs.replace(small, parameters={**small.parameters, "from_fen": 50})
    assert findings_of(RULES[rule], counted) != []
    beyond = msgspec.structs.replace(small, parameters={**small.parameters, "from_fen": 51})
    assert findings_of(RULES[rule], beyond) == []
