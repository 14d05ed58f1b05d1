"""Outcomes beside the findings that were looked into: by rule and township, what explained them, and the advice."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from casework.outcomes.taking import Handing, take_outcomes
from casework.outputs import write_outputs
from casework.rule_life.feedback import Heard, hear
from casework.rule_life.shadow import marked
from ledger.home import Home
from risk.catalogue.rule import load
from risk.scoring.score import score
from tests.casework.cases.made import screened
from tests.county import NOON, data_folder, receipt, take
from tests.risk.scoring.rows import finding, findings, officials

DAY = date(2026, 1, 20)
A03 = load()["A03"]
DAYS = float(str(A03.defaults["min_days"]))
PARAMETERS = f'{{"min_days":{DAYS:g}}}'


def found(number: int, measure: float, **changes: object) -> dict[str, object]:
    """Return a finding of A03 about one of the collectors."""
    given = {"rule": "A03", "subject_id": f"V{number:02d}", "measure": measure, "threshold": DAYS}
    return finding(**{**given, "parameters": PARAMETERS, "category": "delayed-remittance", **changes})


def kept(home: Home, folder: Path, *rows: Mapping[str, object], trial: Sequence[Mapping[str, object]] = ()) -> None:
    """Append a screening that found this and kept it."""
    table = pa.concat_tables([marked(findings(*rows), None), marked(findings(*trial), "X01-aaaaaaaaaa")])
    write_outputs(score(findings(*rows), officials()), table, folder)
    screened(home, *rows, changes={"found": home.objects.put((folder / "findings.parquet").read_bytes())})


def decided(home: Home, file: Path, *rows: tuple[int, str, str, str]) -> None:
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(
            ["category", "subject_type", "subject_id", "outcome", "explanation", "source", "decided_on", "township"]
        )
        writer.writerows(
            ["delayed-remittance", "collector", f"V{n:02d}", outcome, explanation, source, "2026-01-15", "653123103"]
            for n, outcome, explanation, source in rows
        )
    taken = take_outcomes(home, file, {"outage": "网络故障", "other": "其他"}, Handing("li", lambda: NOON))
    assert taken.appended == len(rows), taken.problems


@pytest.fixture(scope="module")
def heard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Heard]:
    """Twelve confirmed with long measures, twelve cleared with short ones; the measures moved after the decisions."""
    folder = tmp_path_factory.mktemp("feedback")
    confirmed = [found(n, DAYS + 10 + n) for n in range(12)]
    cleared = [found(n, DAYS + n - 12) for n in range(12, 24)]
    with Home.open(folder / "home") as home:
        take(home, data_folder(folder / "data", cash_receipts=[receipt("R1")]))
        watch = found(30, DAYS, severity="watch")
        kept(home, folder / "first", *confirmed, *cleared, watch, trial=[found(0, 1.0, rule="X01")])
        decided(
            home, folder / "outcomes.csv",
            *((n, "confirmed", "", "self-check") for n in range(12)),
            *((n, "cleared", "outage" if n < 20 else "other", "self-check") for n in range(12, 24)),
            (23, "cleared", "", "spot-check"), (30, "confirmed", "", "inspection"),
        )  # fmt: skip
        later = [found(n, DAYS + 40) for n in range(24)]
        kept(home, folder / "second", *later, found(40, DAYS + 3), found(41, DAYS + 30))
        yield hear(home, DAY, [A03])


def test_every_rule_has_its_share_with_its_interval_and_its_townships(heard: Heard) -> None:
    counted, trial = heard.outcomes
    assert (counted.rule, counted.trial, counted.checked) == ("A03", "", 1)
    assert (counted.precision.hits, counted.precision.of) == (12, 24)
    assert (counted.precision.low, counted.precision.high) == (0.2912, 0.7088)
    assert {name: (own.hits, own.of) for name, own in counted.townships.items()} == {"653123103": (12, 24)}
    assert (trial.rule, trial.trial, trial.precision.hits, trial.precision.of) == ("X01", "X01-aaaaaaaaaa", 1, 1)


def test_innocent_explanations_are_counted_the_most_frequent_first(heard: Heard) -> None:
    assert list(heard.outcomes[0].explanations.items()) == [("outage", 8), ("other", 4)]


def test_an_outcome_of_what_was_only_watched_is_no_outcome_of_the_rule(heard: Heard) -> None:
    assert heard.unmatched == 1


def test_the_advice_rests_on_what_was_seen_before_the_decision(heard: Heard) -> None:
    (advice,) = heard.advice
    assert (advice.parameter, advice.confirmed, advice.cleared, advice.open) == ("min_days", 12, 12, 2)
    option = advice.options[0]
    assert (option.value, option.keeps_confirmed, option.drops_cleared, option.drops_open) == (DAYS + 10, 12, 10, 1)


def test_a_home_without_kept_findings_says_so(tmp_path: Path) -> None:
    with Home.open(tmp_path / "home") as home:
        take(home, data_folder(tmp_path / "data", cash_receipts=[receipt("R1")]))
        screened(home, found(1, DAYS))
        decided(home, tmp_path / "outcomes.csv", (1, "confirmed", "", "self-check"))
        heard = hear(home, DAY, [A03])
    assert (heard.outcomes, heard.unmatched) == ([], 1)
    assert heard.advice[0].options == ()
