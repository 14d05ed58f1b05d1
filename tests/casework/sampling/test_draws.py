"""Draws: repeatable, moved by one byte, nothing twice, and every probability as the plan has it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise, product
from math import isqrt

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.sampling.draw import draw, probabilities
from casework.sampling.frame import Item, frame_of
from casework.sampling.monetary import chance, line_of, on_line
from casework.sampling.plan import CERTAIN, Monetary, Plan, Sample, Selection, Simple, Stratified
from casework.sampling.strata import Group, allocate, parts_of
from domain.errors import Malformed, Refused
from tests.casework.sampling.made_up import CHECKPOINT, answers, checkpoints

PLANS: tuple[Plan, ...] = (
    Simple(20),
    Stratified(30),
    Stratified(30, by=("township", "answered"), bands_fen=(20_000, 60_000), allocation="amount", least=2),
    Stratified(30, bands_fen=(20_000,), certain_from_fen=300_000),
    Monetary(20, "fixed"),
    Monetary(20, "cell"),
    Monetary(20, "random"),
)
NAMES = [f"{type(plan).__name__}-{number}" for number, plan in enumerate(PLANS)]
each_plan = pytest.mark.parametrize("plan", PLANS, ids=NAMES)


@each_plan
def test_a_draw_is_repeated_from_frame_and_checkpoint(plan: Plan) -> None:
    frame = answers(200)
    sample = draw(frame, CHECKPOINT, plan)
    assert draw(frame_of(reversed(frame.items), frame.labels), CHECKPOINT, plan) == sample
    assert msgspec.json.decode(msgspec.json.encode(sample), type=Sample) == sample


@each_plan
def test_one_changed_byte_of_frame_or_checkpoint_gives_another_draw(plan: Plan) -> None:
    frame = answers(200)
    sample = draw(frame, CHECKPOINT, plan)
    first, *rest = frame.items
    renamed = frame_of([Item("s0000x", first.amount_fen, first.labels), *rest], frame.labels)
    answered = frame_of([Item(first.id, first.amount_fen, (first.labels[0], "cleareD")), *rest], frame.labels)
    for other in (
        draw(frame, CHECKPOINT.replace("1284", "1285"), plan),
        draw(renamed, CHECKPOINT, plan),
        draw(answered, CHECKPOINT, plan),
    ):
        assert other.seed != sample.seed
        assert [item.id for item in other.drawn] != [item.id for item in sample.drawn]


@each_plan
def test_the_sample_has_the_size_asked_for_and_counts_add_up(plan: Plan) -> None:
    frame = answers(200)
    sample = draw(frame, CHECKPOINT, plan)
    assert sum(item.hits for item in sample.drawn) == plan.size
    assert len({item.id for item in sample.drawn}) == len(sample.drawn)
    assert sum(stratum.drawn for stratum in sample.strata) == plan.size
    assert sum(stratum.items for stratum in sample.strata) + sample.without_money == sample.population == 200
    assert sum(stratum.amount_fen for stratum in sample.strata) == frame.amount_fen
    if not isinstance(plan, Monetary) or plan.selection == "fixed":
        assert all(item.hits == 1 for item in sample.drawn)


@each_plan
def test_drawn_items_carry_the_probability_of_the_plan(plan: Plan) -> None:
    frame = answers(200)
    known = probabilities(frame, plan)
    assert known.keys() == {item.id for item in frame.items}
    for item in draw(frame, CHECKPOINT, plan).drawn:
        assert item.probability == known[item.id]
    if not isinstance(plan, Monetary) or plan.selection == "fixed":
        assert sum(known.values()) == pytest.approx(plan.size)
    else:
        assert sum(known.values()) <= plan.size


@each_plan
def test_items_come_as_often_as_their_probability_says(plan: Plan) -> None:
    """Five standard deviations for each of 40 items."""
    frame = answers(40)
    smaller = msgspec.structs.replace(plan, size=15 if isinstance(plan, Stratified) else 8)
    if isinstance(smaller, Stratified):
        smaller = msgspec.structs.replace(smaller, least=1, bands_fen=(20_000,), certain_from_fen=200_000)
    known, rounds = probabilities(frame, smaller), 1_500
    seen = Counter(item.id for note in checkpoints(rounds) for item in draw(frame, note, smaller).drawn)
    for key, share in known.items():
        assert abs(seen[key] - rounds * share) <= 5 * (rounds * share * (1 - share)) ** 0.5 + 1e-6, key


def test_points_fall_on_items_in_proportion_to_their_money() -> None:
    frame, rounds = answers(30), 3_000
    for selection in ("cell", "random"):
        plan = Monetary(6, selection)
        line = line_of(frame, 6)
        hits: Counter[str] = Counter()
        for note in checkpoints(rounds):
            for item in draw(frame, note, plan).drawn:
                hits[item.id] += item.hits
        for one in line.items:
            share = line.points * one.amount_fen / line.amount_fen
            assert abs(hits[one.id] - rounds * share) <= 5 * (rounds * share) ** 0.5 + 1e-6


def test_probabilities_are_those_of_all_points_that_could_fall() -> None:
    """Items of 5, 4, 3 and 3 fen, two points, an interval of 15 halves: every way in which they can fall is counted."""
    line = line_of(frame_of(Item(key, amount) for key, amount in {"a": 5, "b": 4, "c": 3, "d": 3}.items()), 2)
    assert (line.amount_fen, line.points, line.certain) == (15, 2, ())
    ways: dict[Selection, list[tuple[int, ...]]] = {
        "fixed": [(start, 15 + start) for start in range(15)],
        "cell": list(product(range(15), range(15, 30))),
        "random": list(product(range(30), repeat=2)),
    }
    for selection, points in ways.items():
        seen = Counter(hit.item.id for one in points for hit in on_line(line, one))
        for at, item in enumerate(line.items):
            told = chance(line, at, Monetary(2, selection))
            assert told == pytest.approx(seen[item.id] / len(points), abs=1e-12), (selection, item.id)


def test_items_of_an_interval_and_more_are_certain_until_none_is_left() -> None:
    """Of 1,000 with five points 500 and 200 are; of the 300 left with three 150 is; of 150 with two none is."""
    amounts = {"a": 500, "b": 200, "c": 150, "d": 50, "e": 50, "f": 30, "g": 20}
    line = line_of(frame_of(Item(key, amount) for key, amount in amounts.items()), 5)
    assert [item.id for item in line.certain] == ["a", "b", "c"]
    assert (line.amount_fen, line.points) == (150, 2)
    exactly = line_of(frame_of([Item("a", 50), Item("b", 30), Item("c", 20)]), 2)
    assert ([item.id for item in exactly.certain], exactly.points) == (["a"], 1)
    alike = line_of(frame_of(Item(key, 7) for key in "abc"), 3)
    assert (len(alike.certain), alike.points) == (3, 0)


def test_when_all_is_certain_there_is_nothing_left_to_chance() -> None:
    frame = frame_of([Item("a", 7), Item("b", 7), Item("c", 0)])
    sample = draw(frame, CHECKPOINT, Monetary(2))
    assert [(item.id, item.probability, item.stratum) for item in sample.drawn] == [
        ("a", 1.0, CERTAIN),
        ("b", 1.0, CERTAIN),
    ]
    assert sample.without_money == 1
    every = draw(frame, CHECKPOINT, Stratified(3, by=(), certain_from_fen=0))
    assert [stratum.certain for stratum in every.strata] == [True]


def test_fixed_intervals_fall_as_in_the_textbook() -> None:
    """Touw and Hoogduin 2011, page 34 (in jfa 0.7.3, test-touwhoogduin.R): interval 9, start 2, items A, C, D, G, I.

    Their unit is a point at its end, ours one from 0: the second of 9 is point 1; item D of 9 is a whole interval and
    certain with us, so the points alone are compared.
    """
    values = dict(zip("ABCDEFGHIJ", (7, 3, 4, 9, 0, 1, 8, 2, 6, 5), strict=True))
    frame = frame_of(Item(key, value) for key, value in values.items())
    ends, total = [], 0
    for value in values.values():
        total += value
        ends.append(total)
    line = line_of(frame, 1)._replace(certain=(), items=frame.items, ends=tuple(ends), amount_fen=45, points=5)
    assert [hit.item.id for hit in on_line(line, [start - 1 for start in (2, 11, 20, 29, 38)])] == list("ACDGI")


def weights_of(groups: Sequence[Group], plan: Stratified) -> list[int]:
    """Return items, or items times the root of the mean square amount; items where no stratum has money."""
    sizes = [len(group.items) for group in groups]
    money = [isqrt(len(group.items) * sum(item.amount_fen**2 for item in group.items)) for group in groups]
    return money if plan.allocation == "amount" and any(money) else sizes


def one_by_one(have: list[int], weights: list[int], lowest: list[int], size: int) -> list[int]:
    """Return Webster's allocation, looking at every stratum for every item."""
    out = list(lowest)
    while sum(out) < size:
        free = [at for at in range(len(have)) if out[at] < have[at]]
        out[max(free, key=lambda at: (Fraction(weights[at], 2 * out[at] + 1), -at))] += 1
    return out


@given(st.lists(st.lists(st.integers(0, 10**7), min_size=1, max_size=12), min_size=1, max_size=8), st.data())
def test_allocation_gives_each_its_least_and_no_more_than_it_has(amounts: list[list[int]], data: st.DataObject) -> None:
    frame = frame_of(
        (
            Item(f"{place}-{at}", amount, (f"t{place}",))
            for place, some in enumerate(amounts)
            for at, amount in enumerate(some)
        ),
        ["township"],
    )
    least = data.draw(st.integers(1, 3))
    plan = Stratified(1, least=least, allocation=data.draw(st.sampled_from(["proportional", "amount"])))
    groups = parts_of(frame, plan).groups
    lowest = [min(least, len(group.items)) for group in groups]
    size = data.draw(st.integers(sum(lowest), len(frame.items)))
    given_out = allocate(groups, size, plan)
    assert sum(given_out) == size
    assert all(low <= got <= len(group.items) for low, got, group in zip(lowest, given_out, groups, strict=True))
    assert given_out == one_by_one([len(group.items) for group in groups], weights_of(groups, plan), lowest, size)
    for got, more in pairwise([allocate(groups, one, plan) for one in range(sum(lowest), len(frame.items) + 1)]):
        assert all(before <= after for before, after in zip(got, more, strict=True))


def test_proportional_and_by_amount_are_as_worked_out_by_hand() -> None:
    kinds = (("a", 60, 100), ("b", 30, 300), ("c", 10, 1_000))
    items = [Item(f"{place}{at}", amount, (place,)) for place, count, amount in kinds for at in range(count)]
    frame = frame_of(items, ["township"])
    proportional, by_amount = Stratified(20), Stratified(20, allocation="amount")
    groups = parts_of(frame, proportional).groups
    assert allocate(groups, 20, proportional) == [12, 6, 2]
    weights = [isqrt(60 * 60 * 100**2), isqrt(30 * 30 * 300**2), isqrt(10 * 10 * 1_000**2)]
    assert weights == [6_000, 9_000, 10_000]
    assert allocate(groups, 20, by_amount) == [5, 7, 8]
    assert allocate(groups, 36, by_amount) == [10, 16, 10]


def test_bands_include_their_lowest_amount() -> None:
    frame = frame_of([Item("a", 99), Item("b", 100), Item("c", 199), Item("d", 200)])
    certain, groups = parts_of(frame, Stratified(3, by=(), bands_fen=(100,), certain_from_fen=200))
    assert [item.id for item in certain] == ["d"]
    assert [(group.name, [item.id for item in group.items]) for group in groups] == [("0", ["a"]), ("1", ["b", "c"])]


@pytest.mark.parametrize(
    "plan",
    [
        Simple(0), Simple(201), Stratified(3), Stratified(0), Monetary(0), Monetary(200),
        Stratified(6, certain_from_fen=0),
    ],
    ids=["none", "too-many", "below-least", "nothing", "no-points", "more-than-have-money", "more-certain-than-asked"],
)  # fmt: skip
def test_a_size_that_cannot_be_had_is_refused(plan: Plan) -> None:
    with pytest.raises(Refused):
        draw(answers(200), CHECKPOINT, plan)


@pytest.mark.parametrize(
    "plan",
    [
        Stratified(9, by=("village",)), Stratified(9, bands_fen=(5, 5)), Stratified(9, bands_fen=(9, 5)),
        Stratified(9, least=0),
    ],
    ids=["label", "twice", "falling", "least"],
)  # fmt: skip
def test_a_plan_that_makes_no_strata_is_refused(plan: Plan) -> None:
    with pytest.raises(Malformed):
        draw(answers(200), CHECKPOINT, plan)


@pytest.mark.parametrize("labels", [[("a/b", "c"), ("a", "b/c")], [("certain", ""), ("x", "")]])
def test_strata_that_share_a_name_are_refused(labels: list[tuple[str, str]]) -> None:
    by = ("township", "answered") if labels[0][1] else ("township",)
    frame = frame_of((Item(str(at), 1, pair) for at, pair in enumerate(labels)), ("township", "answered"))
    with pytest.raises(Malformed, match="certain"):
        draw(frame, CHECKPOINT, Stratified(2, by=by))
