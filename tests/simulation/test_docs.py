"""The tables of docs/simulation.md are the counts of a county of 30,000 people, seed 1."""

from __future__ import annotations

from pathlib import Path

from simulation.county import write_county

_PAGE = Path(__file__).resolve().parents[2] / "docs" / "simulation.md"


def test_the_documented_counts_are_those_of_the_county(tmp_path: Path) -> None:
    counts = write_county(tmp_path, 30_000, 1)
    text = _PAGE.read_text(encoding="utf-8")
    tables = [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines() if line.startswith("|")]
    documented = {row[0]: row for row in tables}
    for kind, count in counts.innocent.items():
        assert documented[kind][-1] == str(count)
    for kind, strengths in counts.frauds.items():
        assert documented[kind][-2:] == [str(strengths["strong"]), str(strengths["weak"])]
    for name, records in counts.records.items():
        assert documented[name][-1] == str(records)
