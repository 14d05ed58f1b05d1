"""What was found when the drawn items were looked at, matched with the sample."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from casework.sampling.plan import Drawn, Sample, Stratum
from domain.errors import Refused

_SHOWN = 3
"""Ids that an error names."""


class Found(msgspec.Struct, frozen=True):
    """What one drawn item turned out to be."""

    id: str
    wrong: bool | None
    """The answer (or the roster's line) does not hold; None: could not be looked at, which counts as wholly wrong."""
    wrong_fen: int | None = None
    """Money of the item that is wrong, up to its amount; None: all of it where it is wrong."""


class Matched(NamedTuple):
    """A drawn item with what was found."""

    drawn: Drawn
    wrong: bool
    wrong_fen: int
    undecided: bool


def matched(sample: Sample, found: Iterable[Found]) -> dict[str, list[Matched]]:
    """Return what was found by stratum, in the order of the sample.

    Refused: an item of the sample is missing, one is not of it or stands twice, or money beyond an item's amount (it
    is a finding of its own). What could not be looked at counts as wrong with all its money (ISA 530, paragraph 11).
    """
    listed = list(found)
    by_id = {one.id: one for one in listed}
    twice = [key for key, count in Counter(one.id for one in listed).items() if count > 1]
    drawn = [item.id for item in sample.drawn]
    _refuse_any("没有结果", "drawn items without a result", [key for key in drawn if key not in by_id])
    _refuse_any("不在样本中", "results of items that were not drawn", sorted(by_id.keys() - set(drawn)))
    _refuse_any("有两个结果", "items with two results", twice)
    _refuse_any(
        "差错金额应在零与项目金额之间，没有错的应为零",
        "items whose wrong money is not within their amount, or that are right with money wrong",
        [item.id for item in sample.drawn if not _plausible(item, by_id[item.id])],
    )
    groups: dict[str, list[Matched]] = {stratum.name: [] for stratum in sample.strata}
    for item in sample.drawn:
        groups[item.stratum].append(_match(item, by_id[item.id]))
    return groups


def chance_strata(sample: Sample) -> list[Stratum]:
    """Return the strata in which chance chose."""
    return [stratum for stratum in sample.strata if not stratum.certain]


def _plausible(item: Drawn, one: Found) -> bool:
    most = 0 if one.wrong is False else item.amount_fen
    return one.wrong_fen is None or 0 <= one.wrong_fen <= most


def _match(item: Drawn, one: Found) -> Matched:
    if one.wrong is None:
        return Matched(item, wrong=True, wrong_fen=item.amount_fen, undecided=True)
    whole = item.amount_fen if one.wrong else 0
    return Matched(item, one.wrong, whole if one.wrong_fen is None else one.wrong_fen, undecided=False)


def _refuse_any(zh: str, en: str, which: list[str]) -> None:
    if which:
        some = "、".join(which[:_SHOWN])
        raise Refused(f"抽样结果有误：{zh}（{len(which)} 项：{some}）", f"bad results: {en} ({len(which)}: {some})")
