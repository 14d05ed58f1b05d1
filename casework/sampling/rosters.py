"""Frames of payers for visits and calls: cash taken with nothing written leaves no other trace than what they say."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from casework.sampling.frame import Frame, Item, frame_of
from domain.errors import Malformed

FULLY_FUNDED, LAPSED, CASH = "fully-funded", "lapsed", "cash"
"""财政全额代缴, 断缴, 现金缴费; docs/sampling.md defines them."""
GROUPS = (FULLY_FUNDED, LAPSED, CASH)
ROSTER_LABELS = ("county", "township", "group")
"""Labels of a roster's frame."""
QUERY = Path(__file__).with_name("rosters.sql").read_text(encoding="utf-8")


def roster_frame(world: duckdb.DuckDBPyConnection, fee: str, fee_year: int) -> pa.Table:
    """Return county, township, payer (token), group and amount_fen of all who can be asked, a row per group and person.

    `world` is what projections.as_of.build_world made. Amount: of the fully funded the treasury's share, of the lapsed
    what is due, of cash payers the cash of their lines. A person can stand in two groups.
    """
    table: pa.Table = world.sql(QUERY, params={"fee": fee, "fee_year": fee_year}).to_arrow_table()
    return table


def frame_of_roster(roster: pa.Table, groups: Collection[str] = GROUPS) -> Frame:
    """Return the frame of these groups; an item's id is 'county/group/payer'. Malformed: nobody is in them."""
    unknown = sorted(set(groups) - set(GROUPS))
    if unknown:
        raise Malformed(
            f"没有 {'、'.join(unknown)} 这类人群，只有 {'、'.join(GROUPS)}",
            f"no group {', '.join(unknown)}; expected {', '.join(GROUPS)}",
        )
    kept = roster.filter(pc.is_in(roster.column("group"), pa.array(sorted(groups), pa.string())))
    rows = zip(
        *(kept.column(name).to_pylist() for name in ("county", "township", "payer", "group", "amount_fen")), strict=True
    )
    return frame_of(
        (
            Item(f"{county}/{group}/{payer}", amount, (county, township or "", group))
            for county, township, payer, group, amount in rows
        ),
        ROSTER_LABELS,
    )
