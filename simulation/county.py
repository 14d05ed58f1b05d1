"""A made-up county written as a data folder, with the truth about it beside."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from simulation import offices
from simulation.cases import Case
from simulation.chance import Chance
from simulation.closing import Serials, close_township
from simulation.duties import duty_acts
from simulation.files import DataFolder
from simulation.frauds import FRAUDS
from simulation.frauds.office_level import missed_duties, short_transfers
from simulation.habits import HABITS
from simulation.people import Registry
from simulation.places import COUNTY_CODE, COUNTY_NAME, Township, townships
from simulation.plan import plan_cases
from simulation.totals import Totals
from simulation.township import live_through
from simulation.units import Units, levy_units

_SOURCES = {
    "payments": "tax-core",
    "payment-voids": "tax-core",
    "refunds": "insurance-offices",
    "pos-transactions": "pos-acquirer",
    "cash-receipts": "township-ledger",
    "rosters": "insurance-offices",
    "collectors": "township-ledger",
    "terminals": "pos-acquirer",
    "entitlements": "insurance-offices",
    "treasury-statements": "treasury",
    "status-changes": "departments",
    "households": "police",
    "receipt-books": "township-ledger",
    "whitelist": "insurance-offices",
    "assessments": "departments",
    "divisions": "civil-affairs",
    "complaints": "hotlines",
    "duty-acts": "duty-register",
    "data-queries": "tax-core",
    "fund-transfers": "finance",
    "office-reports": "insurance-offices",
    "control-totals": "exchange-platform",
}


@dataclass(slots=True)
class Counts:
    """What was made: people, records per type, and cases per innocent reason and per fraud kind and strength."""

    people: int
    records: dict[str, int] = field(default_factory=dict)
    innocent: Counter[str] = field(default_factory=Counter)
    frauds: dict[str, Counter[str]] = field(default_factory=dict)


class _Truth:
    def __init__(self, out: Path, counts: Counts) -> None:
        folder = out / "truth"
        folder.mkdir(parents=True, exist_ok=True)
        self.counts = counts
        self._frauds: TextIO = (folder / "frauds.jsonl").open("w", encoding="utf-8", newline="\n")
        self._innocent: TextIO = (folder / "innocent.jsonl").open("w", encoding="utf-8", newline="\n")

    def add(self, cases: list[Case]) -> None:
        counts = self.counts
        for case in cases:
            if case.strength == "innocent":
                counts.innocent[case.kind] += 1
                self._innocent.write(case.line(counts.innocent.total()) + "\n")
            else:
                counts.frauds.setdefault(case.kind, Counter())[case.strength] += 1
                number = sum(kinds.total() for kinds in counts.frauds.values())
                self._frauds.write(case.line(number) + "\n")

    def close(self) -> None:
        self._frauds.close()
        self._innocent.close()


def write_county(
    out: Path, people: int, seed: int, progress: Callable[[str], None] | None = None, *, honest: bool = False
) -> Counts:
    """Write a county of `people` residents to `out`; the same people and seed give the same bytes.

    An `honest` one has the innocent reasons and no fraud.
    """
    rng = Chance.of(seed, "county")
    towns = townships(people, rng)
    plans = plan_cases(towns, people, () if honest else FRAUDS, HABITS, rng)
    registry, serials, totals, counts = Registry(), Serials(), Totals(), Counts(people)
    with DataFolder(out) as folder:
        truth = _Truth(out, counts)
        for index, town in enumerate(towns):
            year = live_through(town, index, plans, registry, seed)
            as_workbook = len(towns) > 1 and index == len(towns) - 1
            close_township(year.books, town, year.clerk.name, folder, serials, totals, as_workbook=as_workbook)
            truth.add(year.cases)
            if progress is not None:
                progress(f"{town.name} {town.people}")
        units = levy_units(Chance.of(seed, "units"), people)
        truth.add(_close_county(folder, towns, totals, units, serials, honest=honest))
        truth.close()
        counts.records = folder.counts()
    _write_summary(out, counts, seed)
    return counts


def _close_county(
    folder: DataFolder, towns: list[Township], totals: Totals, units: Units, serials: Serials, *, honest: bool
) -> list[Case]:
    units.books.payments.sort(key=lambda payment: payment.paid_at)
    serials.number(units.books.payments, "4400", 14)
    totals.township(units.books)
    folder.add("payments", units.books.payments)
    folder.add("assessments", units.assessments)
    folder.add("divisions", offices.places(towns))
    folder.add("treasury-statements", offices.statements(totals))
    folder.add("office-reports", offices.reports(totals))
    folder.add("control-totals", offices.control_totals(totals))
    transfers, acts = offices.transfers(totals), duty_acts(towns, totals)
    cases = [] if honest else short_transfers(transfers) + missed_duties(acts, towns)
    folder.add("fund-transfers", transfers)
    folder.add("duty-acts", acts)
    return cases


def _write_summary(out: Path, counts: Counts, seed: int) -> None:
    sources = "".join(f"  {kind}: {source}\n" for kind, source in _SOURCES.items())
    text = f'county:\n  code: "{COUNTY_CODE}"\n  name: {COUNTY_NAME}\nsources:\n{sources}clock_shift_hours: 2\n'
    (out / "dataset.yaml").write_text(text, encoding="utf-8", newline="\n")
    summary = {
        "people": counts.people,
        "seed": seed,
        "records": counts.records,
        "innocent": dict(sorted(counts.innocent.items())),
        "frauds": {kind: dict(sorted(strengths.items())) for kind, strengths in sorted(counts.frauds.items())},
    }
    path = out / "truth" / "counts.json"
    path.write_text(json.dumps(summary, ensure_ascii=False, indent=2) + "\n", encoding="utf-8", newline="\n")
