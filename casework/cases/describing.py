"""Suspicions in the words of papers, whatever lists they stood on: over the newest screening's world, masked or not."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

import duckdb
import pyarrow.compute as pc

from casework.cases.store import Cases
from casework.guides import anomaly_guide, guides_of
from casework.lists.draw import TownshipList
from casework.naming import VaultNames
from casework.rule_life.standing import known_rules
from casework.runs import Run, last_run, runs
from casework.workbook.labels import category_name
from casework.workbook.material import read_material
from casework.workbook.names import MaskedKind
from casework.workbook.wording import Wording, masks_of
from domain.cases.access import CASEWORK
from domain.cases.suspicion_state import SuspicionState
from projections.as_of import build_world
from projections.models import ReadModels
from risk.anomaly.features import grains
from risk.anomaly.findings import RULE as ANOMALY
from risk.scoring.suspicion import SUSPICIONS, Suspicion, rows


class ClearNames(VaultNames):
    """The vault for a paper that names people: what is shown for a token is the full text."""

    def masked(self, tokens: Collection[str], kind: MaskedKind) -> dict[str, str]:
        """Return token to the full text, for an erased or restricted person's the word for that."""
        return self._asked(tokens, kind, CASEWORK)


class Seen(NamedTuple):
    """A suspicion as a run stated it."""

    item: Suspicion
    run: Run


class Described(NamedTuple):
    """All that a paper about suspicions needs."""

    world: duckdb.DuckDBPyConnection
    run: Run
    """The newest: the world is its own."""
    seen: dict[str, Seen]
    wording: Wording
    names: VaultNames

    def place(self, code: str | None) -> str:
        """Return a place's name."""
        return self.wording.material.place(code)


@contextmanager
def described(
    cases: Cases,
    states: Sequence[SuspicionState],
    reason: str,
    *,
    clear: bool = False,
    queries: Iterable[str] = (),
) -> Iterator[Described]:
    """Open the newest screening's world with the words for suspicions of one county.

    Every name that is looked up is recorded with the reason. `queries`: what else will be asked of the world; words
    need the records alone, none of the shared views. Refused where nothing was screened, Broken.
    """
    run = last_run(cases.home)
    seen = seen_in(cases, states)
    county = states[0].county if states else ""
    listed = TownshipList(county, county, tuple(each.item for each in seen.values()), 0)
    with ReadModels(cases.home.read_models, cases.home.ledger) as models:
        build_world(models.connection, run.event.position, run.event.as_of, queries=queries)
        asking = ClearNames if clear else VaultNames
        names = asking(cases.home, models.connection, actor=cases.acting.actor, reason=reason)
        material = read_material(models.connection, [listed])
        guides = {**guides_of(known_rules(cases.home)), ANOMALY: anomaly_guide(grains())}
        wording = Wording(material, masks_of([listed], material, names), guides)
        yield Described(models.connection, run, seen, wording, names)


def seen_in(cases: Cases, states: Sequence[SuspicionState]) -> dict[str, Seen]:
    """Return each suspicion as the last run that shows it stated it; one that no run shows as its events state it."""
    wanted = {state.suspicion_id: state for state in states}
    known = runs(cases.home)
    found: dict[str, Seen] = {}
    for run in reversed(known):
        left = sorted(wanted.keys() - found.keys())
        if not left:
            break
        if run.event.scored:
            table = run.suspicions(cases.home)
            for item in rows(table.filter(pc.field("suspicion_id").isin(left))):
                found[item.suspicion_id] = Seen(item, run)
    of_event = {run.event_id: run for run in known}
    for name in sorted(wanted.keys() - found.keys()):
        found[name] = Seen(_as_recorded(wanted[name]), of_event.get(wanted[name].run, last_run(cases.home)))
    return {name: found[name] for name in wanted}


def _as_recorded(state: SuspicionState) -> Suspicion:
    """Return a suspicion that goes on from one of another kind: no run states it under its own number."""
    picture = state.standing
    name = category_name(state.category)
    return Suspicion(
        county=state.county, file=SUSPICIONS, suspicion_id=state.suspicion_id, rank=0, score=picture.score,
        category=state.category, township=picture.township, village=picture.village, subject_type=state.subject_type,
        subject_id=state.subject_id, rules=picture.rules, amount_at_risk_fen=picture.amount_fen,
        first_on=picture.first_on, last_on=picture.last_on,
        reasons_zh=(f"由其他类型的疑点改列为“{name}”，天数和金额保留",),
        reasons_en=(f"goes on from a suspicion of another kind as {state.category}, with its days and its amount",),
        addressee=picture.addressee, evidence=picture.evidence, severity=picture.severity, copy_to_discipline=False,
    )  # fmt: skip
