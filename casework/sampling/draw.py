"""Draws a sample from a frame by a plan, with the public seed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from casework.sampling.frame import Frame, Item
from casework.sampling.monetary import Line, chance, hits_of, line_of
from casework.sampling.plan import CERTAIN, Drawn, Monetary, Plan, Sample, Simple, Stratified, Stratum
from casework.sampling.strata import Group, allocate, parts_of
from casework.sampling.stream import Stream, seed_of
from domain.errors import Refused


def draw(frame: Frame, checkpoint: str, plan: Plan) -> Sample:
    """Return the sample that frame, checkpoint (its text, made after the frame was fixed) and plan lead to.

    Refused: more items than there are, or fewer than the plan's least; Malformed: labels, bands or checkpoint.
    """
    seed = seed_of(frame.sha256, checkpoint)
    if isinstance(plan, Monetary):
        return _monetary(frame, seed, plan)
    certain, groups, sizes = _shares(frame, plan)
    drawn = _taken(certain)
    for group, size in zip(groups, sizes, strict=True):
        label = group.name if isinstance(plan, Stratified) else ""
        places = Stream(seed, label).some_of(len(group.items), size)
        chosen = [group.items[place] for place in places]
        drawn += [Drawn(item.id, item.amount_fen, group.name, size / len(group.items)) for item in chosen]
    strata = [_stratum(group.name, group.items, size) for group, size in zip(groups, sizes, strict=True)]
    return Sample(frame.sha256, seed, plan, len(frame.items), (*_certain(certain), *strata), tuple(drawn))


def probabilities(frame: Frame, plan: Plan) -> dict[str, float]:
    """Return with which probability the plan draws each item of the frame, by id."""
    if isinstance(plan, Monetary):
        line = line_of(frame, plan.size)
        reached = {item.id: chance(line, at, plan) for at, item in enumerate(line.items)}
        return dict.fromkeys((item.id for item in frame.items), 0.0) | dict.fromkeys(_ids(line.certain), 1.0) | reached
    certain, groups, sizes = _shares(frame, plan)
    shares = zip(groups, sizes, strict=True)
    left = {item.id: size / len(group.items) for group, size in shares for item in group.items}
    return dict.fromkeys(_ids(certain), 1.0) | left


def _shares(frame: Frame, plan: Simple | Stratified) -> tuple[Sequence[Item], Sequence[Group], Sequence[int]]:
    """Return the certain items, the strata, and how many each stratum gives."""
    if not 1 <= plan.size <= len(frame.items):
        raise Refused(
            f"要抽 {plan.size} 项，应在 1 到 {len(frame.items)} 之间",
            f"{plan.size} items to be drawn; expected from 1 to {len(frame.items)}",
        )
    if isinstance(plan, Simple):
        return (), (Group("", frame.items),), (plan.size,)
    certain, groups = parts_of(frame, plan)
    if len(certain) > plan.size:
        raise Refused(
            f"必查项就有 {len(certain)} 项，超过样本量 {plan.size}；请提高必查金额或增加样本量",
            f"{len(certain)} items are certain and only {plan.size} are to be drawn; raise the amount or the size",
        )
    return certain, groups, allocate(groups, plan.size - len(certain), plan)


def _monetary(frame: Frame, seed: str, plan: Monetary) -> Sample:
    line = line_of(frame, plan.size)
    drawn = _taken(line.certain) + _hit(line, plan, Stream(seed))
    strata = [*_certain(line.certain), _stratum("", line.items, line.points)] if line.points else _certain(line.certain)
    without = len(frame.items) - len(line.items) - len(line.certain)
    return Sample(frame.sha256, seed, plan, len(frame.items), tuple(strata), tuple(drawn), without)


def _hit(line: Line, plan: Monetary, stream: Stream) -> list[Drawn]:
    places = {item.id: at for at, item in enumerate(line.items)}
    return [
        Drawn(item.id, item.amount_fen, "", chance(line, places[item.id], plan), points)
        for item, points in hits_of(line, plan, stream)
    ]


def _ids(items: Iterable[Item]) -> list[str]:
    return [item.id for item in items]


def _taken(certain: Iterable[Item]) -> list[Drawn]:
    return [Drawn(item.id, item.amount_fen, CERTAIN, 1.0) for item in certain]


def _certain(items: Sequence[Item]) -> list[Stratum]:
    return [_stratum(CERTAIN, items, len(items), certain=True)] if items else []


def _stratum(name: str, items: Sequence[Item], drawn: int, *, certain: bool = False) -> Stratum:
    amounts = [item.amount_fen for item in items]
    return Stratum(name, len(items), sum(amounts), max(amounts), drawn, certain)
