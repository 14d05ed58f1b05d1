"""Shows the best suspicions on a terminal: a table there, lines of tab-separated text anywhere else."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
from rich.console import Console
from rich.table import Table
from rich.text import Text

from casework.workbook.labels import SUBJECTS, category_name
from domain.money import yuan
from risk.scoring.suspicion import SUSPICIONS, Suspicion, rows

HEADINGS = ("序号", "得分", "疑点类型", "地点", "疑点对象", "涉及金额（元）", "主要理由")
_SHOWN_TOKEN = 12
_TOKENS = frozenset({"payer", "card", "account"})
"""Subjects whose id is a token: nobody looks them up by it, so its beginning is enough."""


def print_best(suspicions: pa.Table, places: Mapping[str, str], console: Console, best: int = 20) -> None:
    """Print the `best` first suspicions of suspicions.jsonl; `places` is division code to name."""
    chosen = [row for row in rows(suspicions.slice(0, _searched(suspicions, best))) if row.file == SUSPICIONS][:best]
    lines = [_cells(suspicion, places) for suspicion in chosen]
    if not console.is_terminal:
        for line in (HEADINGS, *lines):
            console.file.write("\t".join(line) + "\n")
        return
    table = Table(title=f"疑点（前{len(lines)}条）")
    for heading in HEADINGS:
        table.add_column(
            heading, justify="right" if heading in ("序号", "得分", "涉及金额（元）") else "left", overflow="fold"
        )
    for line in lines:
        table.add_row(*map(Text, line))
    console.print(table)


def _searched(suspicions: pa.Table, best: int) -> int:
    """Return how many leading rows hold the `best` first ones of the file, in the order of county, file and rank."""
    files = suspicions.column("file").to_pylist()
    seen = 0
    for place, file in enumerate(files):
        seen += file == SUSPICIONS
        if seen == best:
            return place + 1
    return len(files)


def _cells(suspicion: Suspicion, places: Mapping[str, str]) -> tuple[str, ...]:
    code = suspicion.village or suspicion.township or suspicion.county
    subject = (
        suspicion.subject_id
        if suspicion.subject_type != "village"
        else places.get(suspicion.subject_id, suspicion.subject_id)
    )
    token = suspicion.subject_type in _TOKENS and len(subject) > _SHOWN_TOKEN
    short = f"{subject[:_SHOWN_TOKEN]}…" if token else subject
    return (
        str(suspicion.rank), f"{suspicion.score:.3f}", category_name(suspicion.category), places.get(code, code),
        f"{SUBJECTS.get(suspicion.subject_type, suspicion.subject_type)} {short}", yuan(suspicion.amount_at_risk_fen),
        suspicion.reasons_zh[0].replace("\n", " ") if suspicion.reasons_zh else "",
    )  # fmt: skip
