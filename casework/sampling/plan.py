"""What is asked of a draw, and what it gives: plans, strata, drawn items with their probabilities."""

from __future__ import annotations

from typing import Literal

import msgspec

CERTAIN = "certain"
"""Name of the stratum of items that are taken whatever chance says."""
Selection = Literal["fixed", "cell", "random"]


class Simple(msgspec.Struct, frozen=True, tag="simple"):
    """All items alike, none twice."""

    size: int


class Stratified(msgspec.Struct, frozen=True, tag="stratified"):
    """A simple draw in each stratum: items with the same labels and amount band."""

    size: int
    """Items in all, certain ones included."""
    by: tuple[str, ...] = ("township",)
    """Labels of the frame that make strata."""
    bands_fen: tuple[int, ...] = ()
    """Lowest amounts of the second, third ... band, rising."""
    allocation: Literal["proportional", "amount"] = "proportional"
    """By number of items; or more where the amounts are large (Neyman, with the amount standing for the error)."""
    least: int = 1
    """Items of each stratum, as far as it has them; two allow its spread to be told."""
    certain_from_fen: int | None = None
    """Items of this amount and more are all taken."""


class Monetary(msgspec.Struct, frozen=True, tag="monetary"):
    """Money is drawn and the item that it belongs to is looked at: the larger, the likelier."""

    size: int
    """Certain items and points together."""
    selection: Selection = "fixed"
    """A point in every interval at the same place, at a place of its own, or anywhere."""


Plan = Simple | Stratified | Monetary


class Stratum(msgspec.Struct, frozen=True):
    """A part of the frame out of which was drawn."""

    name: str
    """Label values and number of the amount band, parted by '/'."""
    items: int
    amount_fen: int
    largest_fen: int
    """The largest amount of one item."""
    drawn: int
    """Items; of a monetary draw points, so that an item with two counts twice."""
    certain: bool = False
    """Every item was taken."""


class Drawn(msgspec.Struct, frozen=True):
    """An item that was drawn."""

    id: str
    amount_fen: int
    stratum: str
    probability: float
    """With which this plan draws the item at all, of this frame: exact to the float's digits for every plan."""
    hits: int = 1
    """Points that fell on it; above 1 only in monetary draws by cell or random."""


class Sample(msgspec.Struct, frozen=True):
    """A draw, with all that is needed to repeat it but frame file and checkpoint."""

    frame_sha256: str
    seed: str
    plan: Plan
    population: int
    strata: tuple[Stratum, ...]
    """Certain items first."""
    drawn: tuple[Drawn, ...]
    """Certain items by id, then stratum by stratum in the order drawn."""
    without_money: int = 0
    """Items of amount 0, which a monetary draw can never reach."""
