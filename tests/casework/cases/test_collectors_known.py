"""What is known of collectors is continued from where it was read last, and is what reading anew gives."""

from __future__ import annotations

from pathlib import Path

import pytest

from casework.cases import recusing
from ledger.home import Home
from tests.county import data_folder, number, payment, take


def collector(record: str, name: str) -> dict[str, object]:
    return {
        "record_id": record, "name": name, "id_number": number(7), "role": "village-agent", "division": "653123103201",
        "appointed_on": "2025-01-01",
    }  # fmt: skip


@pytest.mark.parametrize("near", [0, 5_000])
def test_collectors_are_the_same_whether_continued_or_read_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, near: int
) -> None:
    monkeypatch.setattr(recusing, "NEAR", near)
    steps: tuple[dict[str, list[dict[str, object]]], ...] = (
        {"collectors": [collector("V01", "买买提"), collector("V02", "阿依古丽")]},
        {"payments": [payment("P001", 1)]},
        {"collectors": [collector("V01", "买买提江"), collector("V03", "古丽")]},
    )
    with Home.open(tmp_path / "home") as home:
        seen = []
        assert recusing.collectors(home) == {}
        for place, files in enumerate(steps):
            take(home, data_folder(tmp_path / str(place), **files))
            seen.append(dict(recusing.collectors(home)))
    with Home.open(tmp_path / "home") as again:
        assert recusing.collectors(again) == seen[-1]
        assert recusing.collectors(again) is recusing.collectors(again)
    assert [{name: len(events) for name, events in found.items()} for found in seen] == [
        {"V01": 1, "V02": 1}, {"V01": 1, "V02": 1}, {"V01": 2, "V02": 1, "V03": 1},
    ]  # fmt: skip
