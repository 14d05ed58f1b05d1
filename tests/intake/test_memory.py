"""Taking in four times as many rows takes no more memory."""

from __future__ import annotations

from pathlib import Path

from tests.county import number, payment, write_dataset
from tests.program import Ran, run_fresh

ROWS = 120_000
"""By then the memories that are bounded (numbers, subjects, tiles) are as full as they get with these persons."""
MOST = 1.2


def ingested(folder: Path, rows: int) -> Ran:
    """Take so many payments of distinct persons in; a plain write, since the csv module would take longer."""
    data = folder / f"{rows}"
    data.mkdir()
    write_dataset(data)
    values = payment("")
    with (data / "payments.csv").open("w", encoding="utf-8") as file:
        file.write(",".join(values) + "\n")
        rest = ",".join(map(str, list(values.values())[3:]))
        for row in range(rows):
            person = row % 20_000
            born = f"{1940 + person // 1000 % 60}{1 + person // 100 % 10:02d}{1 + person % 28:02d}"
            file.write(f"P{row},{number(person % 1000, born)},买买提{person},{rest}\n")
    ran = run_fresh("ingest", data, "--home", folder / f"home-{rows}")
    assert ran.code == 0, ran.err[-2000:]
    assert f"read {rows} = appended {rows}" in ran.out
    return ran


def grown(folder: Path) -> float:
    """Return how many times the memory four times the rows took."""
    folder.mkdir()
    few, many = ingested(folder, ROWS), ingested(folder, 4 * ROWS)
    # The larger of the process that writes and the one that reads ahead: each alone must not grow.
    return many.peak_mb / few.peak_mb


def test_four_times_the_rows_take_at_most_a_fifth_more_memory(tmp_path: Path) -> None:
    times = grown(tmp_path / "first")
    if times > MOST:
        # How far one process is ahead of the other moves either peak by a tenth; what grows grows every time.
        times = min(times, grown(tmp_path / "again"))
    assert times <= MOST
