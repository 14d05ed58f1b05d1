"""A refused record that came in after all waits no longer; one whose number stood before goes on waiting."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.home import Home
from projections.models import ReadModels
from tests.county import data_folder, payment, take

UNREAD = "4e2"


def waiting(home: Home) -> list[str]:
    with ReadModels(home.read_models, home.ledger) as models:
        rows = models.connection.execute(
            "SELECT record_id FROM history.refused WHERE NOT released AND NOT came ORDER BY record_id, position"
        ).fetchall()
    return [record_id for (record_id,) in rows]


@pytest.mark.parametrize("between", [True, False], ids=["projected between", "projected in one batch"])
def test_what_comes_corrected_waits_no_longer_in_whichever_batch_it_is_projected(
    tmp_path: Path, *, between: bool
) -> None:
    with Home.open(tmp_path / "home") as home:
        take(home, data_folder(tmp_path / "first", payments=[payment(f"P{n}", n, amount=UNREAD) for n in (1, 2)]))
        if between:
            assert waiting(home) == ["P1", "P2"]
        take(home, data_folder(tmp_path / "second", payments=[payment("P1", 1), payment("P9", 9)]))
        assert waiting(home) == ["P2"]


def test_a_number_that_stood_for_a_record_before_goes_on_waiting(tmp_path: Path) -> None:
    with Home.open(tmp_path / "home") as home:
        take(home, data_folder(tmp_path / "first", payments=[payment("P1", 1)]))
        take(home, data_folder(tmp_path / "second", payments=[payment("P1", 1, amount=UNREAD)]))
        take(home, data_folder(tmp_path / "third", payments=[payment("P1", 1, amount=500)]))
        assert waiting(home) == ["P1"]


def test_a_record_of_another_source_or_type_is_another_record(tmp_path: Path) -> None:
    with Home.open(tmp_path / "home") as home:
        take(home, data_folder(tmp_path / "first", payments=[payment("P1", 1, amount=UNREAD)]))
        other = data_folder(tmp_path / "second", payments=[payment("P1", 1)])
        said = (other / "dataset.yaml").read_text(encoding="utf-8")
        (other / "dataset.yaml").write_text(said.replace("tax-core", "bank"), encoding="utf-8")
        take(home, other)
        assert waiting(home) == ["P1"]
