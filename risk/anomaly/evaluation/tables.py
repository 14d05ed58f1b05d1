"""The measures as Markdown tables, the same for the command, the benchmark and the page."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan

from risk.anomaly.evaluation.measures import BUDGETS, LISTED, TOWNSHIP_BUDGET, Kind, Measured
from risk.anomaly.evaluation.walking import Detection


def measures_table(rows: Sequence[Measured]) -> str:
    """Return one line per grain and method."""
    heading = [
        "grain", "method", "counties", "subjects", "wrong", "average precision",
        *(f"precision at {budget}" for budget in BUDGETS), *(f"recall at {budget}" for budget in BUDGETS),
        f"precision at {TOWNSHIP_BUDGET} a township", f"money at {LISTED}",
    ]  # fmt: skip
    lines = [
        [
            row.grain, row.method, str(row.counties), str(row.subjects), str(row.wrong), _figure(row.average_precision),
            *(_figure(row.precision[budget]) for budget in BUDGETS),
            *(_figure(row.recall[budget]) for budget in BUDGETS), _figure(row.in_townships), _figure(row.money),
        ]
        for row in rows
    ]  # fmt: skip
    return _table(heading, lines, left=2)


def counties_table(rows: Sequence[tuple[str, Measured]]) -> str:
    """Return one line per county and grain; rows: name of the county, and what a method reaches in it alone."""
    heading = ["county", "grain", "subjects", "wrong", "average precision", f"precision at {LISTED}"]
    heading += [f"precision at {TOWNSHIP_BUDGET} a township", f"money at {LISTED}"]
    lines = [
        [
            name, row.grain, str(row.subjects), str(row.wrong), _figure(row.average_precision),
            _figure(row.precision[LISTED]), _figure(row.in_townships), _figure(row.money),
        ]
        for name, row in rows
    ]  # fmt: skip
    return _table(heading, lines, left=2)


def kinds_table(rows: Sequence[Kind], name: str) -> str:
    """Return one line per kind with the share of each method; `name` heads the kinds."""
    methods = list(rows[0].found) if rows else []
    lines = [[row.kind, str(row.cases), *(_figure(row.found[method]) for method in methods)] for row in rows]
    return _table([name, "cases", *methods], lines, left=1)


def stability_table(rows: Sequence[tuple[str, str, float]]) -> str:
    """Return one line per grain and method with the share that the lists of any two seeds have in common."""
    lines = [[grain, method, _figure(share)] for grain, method, share in rows]
    return _table(["grain", "method", f"first {LISTED} in common"], lines, left=2)


def detection_table(rows: Sequence[Detection]) -> str:
    """Return one line per method."""
    lines = [
        [row.method, str(row.frauds), str(row.found), "—" if isnan(row.days) else f"{row.days:.0f}"] for row in rows
    ]
    return _table(["method", "frauds", "found", "median days"], lines, left=1)


def _figure(value: float) -> str:
    return "—" if isnan(value) else f"{value:.3f}"


def _table(heading: Sequence[str], lines: Sequence[Sequence[str]], *, left: int) -> str:
    rule = "|".join(["---"] * left + ["---:"] * (len(heading) - left))
    head, *rest = (f"| {' | '.join(line)} |" for line in (heading, *lines))
    return "\n".join([head, f"|{rule}|", *rest])
