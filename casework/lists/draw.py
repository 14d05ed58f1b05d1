"""Draws up the suspicion lists: per township the checks worth most, some that chance draws, cut to what it can do."""

from __future__ import annotations

from typing import NamedTuple

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from domain.errors import Refused
from risk.scoring.money import bearers, counted_once
from risk.scoring.selection import choose
from risk.scoring.suspicion import SUSPICIONS, Suspicion, rows
from risk.scoring.weights import WEIGHTS

CAPACITY = 20
"""Checks that a township can really do in a run, where the county's policy says nothing else."""
_DECIMALS = 4
"""Of a strength that is won back from a score of six."""


class TownshipList(msgspec.Struct, frozen=True):
    """What one township is asked to check."""

    county: str
    code: str
    """The township; the county's code for subjects without a township."""
    items: tuple[Suspicion, ...]
    """Best first."""
    left_out: int
    """Suspicions of the township beyond its capacity: kept in suspicions.jsonl, not pushed in this run."""
    drawn: dict[str, float] = {}
    """Items that chance drew, with their selection probability; the township is not told."""

    @property
    def amount_fen(self) -> int:
        """The amounts at risk of all items added up, as whoever reads the list adds them up."""
        return sum(item.amount_at_risk_fen for item in self.items)

    @property
    def once_fen(self) -> int:
        """The amount at risk of all items together, a record in several counting once."""
        return counted_once((item.amount_at_risk_fen, item.evidence) for item in self.items)


class NoCapacity(Refused):
    """A list cannot be cut to less than one item."""

    def __init__(self, capacity: int) -> None:
        super().__init__(
            f"每批核查能力为 {capacity}，应至少为 1", f"the capacity of a list is {capacity}; expected at least 1"
        )


class _Item(NamedTuple):
    """A suspicion chosen for a list."""

    drawn: bool
    chance: float


def draw(suspicions: pa.Table, capacity: int = CAPACITY, seed: str = "") -> tuple[TownshipList, ...]:
    """Return the lists by county and code; nothing addressed to discipline or an office stands in one.

    `suspicions` is what risk.scoring.score.score returned, in its order; `seed` is public, so that what chance draws
    can be drawn again. NoCapacity where `capacity` is below 1.
    """
    if capacity < 1:
        raise NoCapacity(capacity)
    pushed = suspicions.filter((pc.field("file") == SUSPICIONS) & (pc.field("addressee") == "township"))
    chosen = _chosen(pushed, capacity, seed)
    places: dict[tuple[str, str], list[int]] = {}
    for index, place in enumerate(pushed.select(["county", "township"]).to_pylist()):
        places.setdefault((place["county"], place["township"] or place["county"]), []).append(index)
    ids = [str(identifier) for identifier in pushed.column("suspicion_id").to_pylist()]
    lists = []
    for (county, code), indices in sorted(places.items()):
        kept = [index for index in indices if (county, ids[index]) in chosen]
        drawn = {
            ids[index]: chosen[county, ids[index]].chance for index in kept if chosen[county, ids[index]].drawn
        }
        items = tuple(rows(pushed.take(pa.array(kept, pa.int64()))))
        lists.append(TownshipList(county, code, items, len(indices) - len(kept), drawn))
    return tuple(lists)


def _chosen(pushed: pa.Table, capacity: int, seed: str) -> dict[tuple[str, str], _Item]:
    """Return what stands on a list, by county and suspicion."""
    amount = pushed.column("amount_at_risk_fen").to_numpy().astype(np.float64)
    strength = pushed.column("score").to_numpy() / WEIGHTS.gravity(amount)
    candidates = pa.table(
        {
            **{name: pushed.column(name) for name in ("county", "township", "suspicion_id", "amount_at_risk_fen")},
            "strength": pa.array(np.clip(strength, 0.0, 1.0).round(_DECIMALS)),
            "percentile": pa.nulls(pushed.num_rows, pa.float64()),  # the score has it already
            "bearers": pa.array(_bearers(pushed), pa.list_(pa.string())),
        }
    )
    return {
        (row["county"], row["suspicion_id"]): _Item(row["drawn"], row["selection_probability"])
        for row in choose(candidates, capacity, seed).to_pylist()
    }


def _bearers(pushed: pa.Table) -> list[list[str]]:
    """Return by row what bears its money, with the kind of wrong: an overcharge is not the delay beside it."""
    told = zip(pushed.column("category").to_pylist(), pushed.column("evidence").to_pylist(), strict=True)
    return [[f"{category} {event}" for event in bearers(evidence or ())] for category, evidence in told]
