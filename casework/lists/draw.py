"""Draws up the suspicion lists: per township the best suspicions, cut to what it can check."""

from __future__ import annotations

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from domain.errors import Refused
from risk.scoring.suspicion import SUSPICIONS, Suspicion, rows

CAPACITY = 20
"""Checks that a township can really do in a run, where the county's policy says nothing else."""


class TownshipList(msgspec.Struct, frozen=True):
    """What one township is asked to check."""

    county: str
    code: str
    """The township; the county's code for subjects without a township."""
    items: tuple[Suspicion, ...]
    """Best first."""
    left_out: int
    """Suspicions of the township beyond its capacity: kept in suspicions.jsonl, not pushed in this run."""

    @property
    def amount_fen(self) -> int:
        """The amount at risk of all items together."""
        return sum(item.amount_at_risk_fen for item in self.items)


class NoCapacity(Refused):
    """A list cannot be cut to less than one item."""

    def __init__(self, capacity: int) -> None:
        super().__init__(
            f"每批核查能力为 {capacity}，应至少为 1", f"the capacity of a list is {capacity}; expected at least 1"
        )


def draw(suspicions: pa.Table, capacity: int = CAPACITY) -> tuple[TownshipList, ...]:
    """Return the lists by county and code; nothing addressed to discipline or an office stands in one.

    `suspicions` is what risk.scoring.score.score returned, in its order. NoCapacity where `capacity` is below 1.
    """
    if capacity < 1:
        raise NoCapacity(capacity)
    pushed = suspicions.filter((pc.field("file") == SUSPICIONS) & (pc.field("addressee") == "township"))
    places: dict[tuple[str, str], list[int]] = {}
    for index, place in enumerate(pushed.select(["county", "township"]).to_pylist()):
        places.setdefault((place["county"], place["township"] or place["county"]), []).append(index)
    lists = []
    for (county, code), indices in sorted(places.items()):
        taken = pushed.take(pa.array(indices[:capacity]))
        lists.append(TownshipList(county, code, tuple(rows(taken)), len(indices) - taken.num_rows))
    return tuple(lists)
