"""The model over lakes: every county judged by a model of its own rows, as a screening of that county alone would."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from casework.judging import JudgedCounts, Stood, judged_by, shown_behind, standing_of
from casework.kept_models import models
from risk.anomaly.features import Grain, feature_table, grains
from risk.anomaly.rows import Rows, beside_peers
from risk.engine import QueryFailed
from risk.engines.counties import Able
from risk.engines.world import World
from risk.scoring.judged import NOTHING
from risk.screening import FINDINGS


class LakeJudged(msgspec.Struct):
    """What the models say of some counties."""

    judged: list[pa.Table] = msgspec.field(default_factory=lambda: [NOTHING])
    """For scoring (risk.scoring.judged.SCHEMA)."""
    findings: list[pa.Table] = msgspec.field(default_factory=lambda: [FINDINGS.empty_table()])
    """What the models alone have to say (risk.screening.FINDINGS)."""
    models: dict[str, str] = msgspec.field(default_factory=dict)
    """By county the id of its model; counties with too little data for one have none."""
    counts: JudgedCounts = JudgedCounts()
    problem: str = ""
    """Of the first world where a query failed and nobody was judged: the SQL and the engine's error."""

    def take(self, world: World, findings: pa.Table, position: int, as_of: date) -> None:
        """Judge the counties of one more world; `findings` is what the rules found in it."""
        try:
            self._take(world, findings, position, as_of)
        except QueryFailed as error:
            self.problem = self.problem or error.en

    def _take(self, world: World, findings: pa.Table, position: int, as_of: date) -> None:
        known = {grain.id: grain for grain in grains()}
        stood = dict(_standing(world, known, findings, position, as_of))
        every = [one for county in stood.values() for one in county.explained]
        shown = shown_behind(world.engine, known, every, as_of)
        for county, own in stood.items():
            judged = judged_by(own, [one for one in shown if one.county == county], known)
            self.judged.append(judged.judged)
            self.findings.append(judged.findings)
            self.models[county] = own.used.id
            self.counts = JudgedCounts(*map(sum, zip(self.counts, judged.counts, strict=True)))


def _standing(
    world: World, known: Mapping[str, Grain], findings: pa.Table, position: int, as_of: date
) -> Iterator[tuple[str, Stood]]:
    """Yield where everybody stands, county by county; nothing of a county with too little data for a model."""
    able = Able(world.engine, world.counties)
    tables = {
        name: _by_county(feature_table(world.engine, grain, as_of), world.counties, able.having(grain.needs))
        for name, grain in known.items()
    }
    found = _by_county(findings, world.counties, world.counties)
    for county in world.counties:
        rows: Rows = {name: beside_peers(own[county], known[name]) for name, own in tables.items()}
        used = models().trained(rows, known.values(), position, as_of)
        if used is not None:
            yield county, standing_of(used, rows, known, found[county])


def _by_county(table: pa.Table, counties: Sequence[str], able: Sequence[str]) -> Mapping[str, pa.Table]:
    """Return each county's rows, in their order; none of one that is not among the able."""
    ordered = table.take(pc.sort_indices(table, sort_keys=[("county", "ascending")]))
    parts = dict.fromkeys(counties, table.slice(0, 0))
    first = 0
    for county, own in groupby(map(str, ordered.column("county").to_pylist())):
        rows = sum(1 for _ in own)
        if county in able:
            parts[county] = ordered.slice(first, rows)
        first += rows
    return parts
