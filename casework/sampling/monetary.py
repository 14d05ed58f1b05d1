"""Monetary-unit sampling: points on the line of all money; items of an interval and more are taken with certainty."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from itertools import accumulate
from math import expm1, log1p
from typing import NamedTuple

from casework.sampling.frame import Frame, Item
from casework.sampling.plan import Monetary
from casework.sampling.stream import Stream
from domain.errors import Refused


class Line(NamedTuple):
    """The money that is left to chance, laid out by id, and the points that go to it.

    Lengths count in parts of a fen: every fen is `points` long, so that an interval is `amount_fen` long, both whole.
    """

    certain: tuple[Item, ...]
    items: tuple[Item, ...]
    ends: tuple[int, ...]
    """Where each item ends."""
    amount_fen: int
    points: int


class Hit(NamedTuple):
    """An item with how many points fell on it."""

    item: Item
    points: int


def line_of(frame: Frame, size: int) -> Line:
    """Return the certain items and the line of the others.

    Items of at least an interval (money left over points left) are certain; what is left has a smaller interval, and
    so on until none is. Refused where `size` is above the number of items with money.
    """
    rest = [item for item in frame.items if item.amount_fen > 0]
    if not 1 <= size <= len(rest):
        raise Refused(
            f"要抽 {size} 项，应在 1 到 {len(rest)}（金额大于零的项目数）之间",
            f"{size} to be drawn; expected from 1 to {len(rest)}, the number of items with an amount above 0",
        )
    certain: list[Item] = []
    money, points = sum(item.amount_fen for item in rest), size
    while large := [item for item in rest if item.amount_fen * points >= money]:
        certain += large
        rest = [item for item in rest if item.amount_fen * points < money]
        money, points = sum(item.amount_fen for item in rest), points - len(large)
    ends = tuple(accumulate(item.amount_fen * points for item in rest))
    return Line(tuple(sorted(certain, key=lambda item: item.id)), tuple(rest), ends, money, points)


def hits_of(line: Line, plan: Monetary, stream: Stream) -> list[Hit]:
    """Return what the points of a stream fall on, in the order of the first point on each item."""
    if not line.points:
        return []
    return on_line(line, _points(line, plan, stream))


def on_line(line: Line, points: Sequence[int]) -> list[Hit]:
    """Return what points (in the line's own length, from 0) fall on."""
    counted = Counter(bisect_right(line.ends, point) for point in points)
    return [Hit(line.items[at], count) for at, count in counted.items()]


def _points(line: Line, plan: Monetary, stream: Stream) -> list[int]:
    interval = line.amount_fen
    if plan.selection == "fixed":
        start = stream.below(interval)
        return [start + cell * interval for cell in range(line.points)]
    if plan.selection == "cell":
        return [cell * interval + stream.below(interval) for cell in range(line.points)]
    return [stream.below(interval * line.points) for _ in range(line.points)]


def chance(line: Line, at: int, plan: Monetary) -> float:
    """Return the probability with which item `at` of the line is drawn at all.

    Fixed: amount over interval, as no point can fall on it twice. Cell: of the part in each of the (at most two) cells
    that it lies in. Random: that not all points miss it.
    """
    end, amount = line.ends[at], line.items[at].amount_fen
    start = end - amount * line.points
    if plan.selection == "fixed":
        return (end - start) / line.amount_fen
    if plan.selection == "random":
        return -expm1(line.points * log1p(-amount / line.amount_fen))
    border = min(end, (start // line.amount_fen + 1) * line.amount_fen)
    here, next_one = (border - start) / line.amount_fen, (end - border) / line.amount_fen
    return here + next_one - here * next_one
