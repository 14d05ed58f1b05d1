"""Strata: which items belong together, and how many of a sample's items each gets."""

from __future__ import annotations

import heapq
from bisect import bisect_right
from collections.abc import Sequence
from fractions import Fraction
from math import isqrt
from typing import NamedTuple

from casework.sampling.frame import Frame, Item
from casework.sampling.plan import CERTAIN, Stratified
from domain.errors import Malformed, Refused


class Group(NamedTuple):
    """A stratum's items, by id."""

    name: str
    items: tuple[Item, ...]


class Parts(NamedTuple):
    """A frame taken apart."""

    certain: tuple[Item, ...]
    groups: tuple[Group, ...]


def parts_of(frame: Frame, plan: Stratified) -> Parts:
    """Return the certain items and the strata, by label values and band; Malformed: labels, bands or least amiss."""
    unknown = [label for label in plan.by if label not in frame.labels]
    if unknown:
        raise Malformed(
            f"抽样框没有标签 {'、'.join(unknown)}，只有 {'、'.join(frame.labels)}",
            f"the frame has no label {', '.join(unknown)}; it has {', '.join(frame.labels)}",
        )
    if plan.least < 1:
        raise Malformed(
            f"每层至少抽 {plan.least} 项；应至少为 1，否则有的层无从推断",
            f"at least {plan.least} of each stratum; expected 1 or more, as nothing is known of a stratum without any",
        )
    if list(plan.bands_fen) != sorted(set(plan.bands_fen)):
        raise Malformed("金额分档应从小到大且不重复", "amount bands should rise and not repeat")
    places = [frame.labels.index(label) for label in plan.by]
    certain = []
    groups: dict[tuple[tuple[str, ...], int], list[Item]] = {}
    for item in frame.items:
        if plan.certain_from_fen is not None and item.amount_fen >= plan.certain_from_fen:
            certain.append(item)
            continue
        band = bisect_right(plan.bands_fen, item.amount_fen)
        groups.setdefault((tuple(item.labels[place] for place in places), band), []).append(item)
    named = tuple(Group(_name(key, plan), tuple(items)) for key, items in sorted(groups.items()))
    if len({CERTAIN, *(group.name for group in named)}) <= len(named):
        raise Malformed(
            "分层标签的取值含有 /，或就是 certain，各层名称无法区分",
            "label values with a '/', or 'certain', leave strata without names of their own; use other values",
        )
    return Parts(tuple(certain), named)


def _name(key: tuple[tuple[str, ...], int], plan: Stratified) -> str:
    labels, band = key
    return "/".join([*labels, str(band)] if plan.bands_fen else labels)


def allocate(groups: Sequence[Group], size: int, plan: Stratified) -> list[int]:
    """Return how many items each stratum gives; together `size`.

    Each gives `plan.least` as far as it has them; then one at a time goes to the stratum with the largest weight over
    twice what it gives plus one (Webster's divisors), the earlier of two alike, until it is empty. Refused where
    `size` is less than the least ones together, or more than there are items.
    """
    have = [len(group.items) for group in groups]
    given = [min(plan.least, items) for items in have]
    if not sum(given) <= size <= sum(have):
        raise Refused(
            f"除必查项外要抽 {size} 项；{len(groups)} 层各至少 {plan.least} 项，应在 {sum(given)} 到 {sum(have)} 之间",
            f"{size} items besides the certain ones; with {len(groups)} strata of at least {plan.least} each it "
            f"should be from {sum(given)} to {sum(have)}",
        )
    weights = [_weight(group, plan) for group in groups]
    if not any(weights):
        weights = have
    waiting = [(-Fraction(weights[at], 2 * given[at] + 1), at) for at in range(len(groups)) if given[at] < have[at]]
    heapq.heapify(waiting)
    for _ in range(size - sum(given)):
        _, at = heapq.heappop(waiting)
        given[at] += 1
        if given[at] < have[at]:
            heapq.heappush(waiting, (-Fraction(weights[at], 2 * given[at] + 1), at))
    return given


def _weight(group: Group, plan: Stratified) -> int:
    """Return the items; or, by amount, items times the root of the mean square amount.

    That is Neyman's rule where what is wrong takes the whole amount, alike often everywhere: the spread of the
    errors of a stratum is then in proportion to that root.
    """
    if plan.allocation == "proportional":
        return len(group.items)
    return isqrt(len(group.items) * sum(item.amount_fen**2 for item in group.items))
