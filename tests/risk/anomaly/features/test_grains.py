"""Every grain is of its form, gives exactly what its examples say, and shows records for what it says."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace

from risk.anomaly.feature_checks import check_features, check_grain
from risk.anomaly.feature_examples import examples_of, problems, shown_in
from risk.anomaly.feature_pages import grain_page
from risk.anomaly.features import (
    FEATURES,
    KEYS,
    SHOWN,
    Grain,
    NotFeatures,
    UnknownGrain,
    evidence_of,
    feature_table,
    grain_of,
    grains,
    measured,
    read_grain,
)
from risk.catalogue.example_form import Example, Row
from risk.catalogue.rule import MalformedRule
from risk.catalogue.worked import Language

CASES = [(grain, example) for grain in grains() for example in examples_of(grain)]
WITHOUT = {"quiet_hours_share"}
"""No example has the hundred payments that a quiet hour needs."""
NAMES = [f"{grain.id}-{example.name}" for grain, example in CASES]


def test_the_grains_are_those_of_the_model() -> None:
    assert {grain.id: grain.subject_type for grain in grains()} == {
        "collector-season": "collector",
        "collector-week": "collector",
        "terminal-week": "terminal",
        "account-season": "account",
        "village-season": "village",
    }
    with pytest.raises(UnknownGrain, match="collector-week"):
        grain_of("collector-day")


def test_every_grain_keeps_the_catalogue_s_order() -> None:
    assert [str(issue) for issue in check_features(examples=False)] == []


@pytest.mark.parametrize(("grain", "example"), CASES, ids=NAMES)
def test_the_features_are_exactly_those_worked_out_by_hand(grain: Grain, example: Example) -> None:
    assert problems(grain, example) == []


@pytest.mark.parametrize("grain", grains(), ids=lambda grain: grain.id)
def test_every_feature_names_records_of_its_example_and_a_subject_has_one_row_a_period(grain: Grain) -> None:
    shown: set[str] = set()
    for example in examples_of(grain):
        known = {str(row.get("record_id")) for rows in example.rows.values() for row in rows}
        with shown_in(grain, example) as engine:
            rows = measured(engine, grain, example.as_of).select(["county", "subject_id", "period"]).to_pylist()
            evidence = evidence_of(engine, grain, rows, example.as_of)
        keys = {(row["county"], row["subject_id"], row["period"]) for row in rows}
        assert len(keys) == len(rows)
        assert set(evidence) <= keys
        for feature, events in [pair for by_feature in evidence.values() for pair in by_feature.items()]:
            shown.add(feature)
            assert 0 < len(events) <= SHOWN
            assert {event.split(":")[2].split("@")[0] for event in events} <= known
    assert shown >= {feature.name for feature in grain.features} - WITHOUT


def test_a_feature_that_rests_on_too_few_records_is_null() -> None:
    grain = grain_of("collector-season")
    example = examples_of(grain)[0]
    with shown_in(grain, example) as engine:
        [row] = feature_table(engine, grain, example.as_of).to_pylist()
    for feature in grain.features:
        few = row[feature.of] < feature.min_n
        assert (row[feature.name] is None) == few, feature.name


def test_a_quiet_hour_is_one_in_which_the_county_hardly_pays() -> None:
    grain = grain_of("collector-season")
    example = examples_of(grain)[0]
    crowd: list[Row] = [
        {
            "record_id": f"X{place}", "payer": f"x{place}", "fee": "resident-medical", "fee_year": 2026,
            "amount_fen": 40000, "paid_at": "2025-10-13 11:30:00", "channel": "wechat", "division": "653123100201",
        }
        for place in range(200)
    ]  # fmt: skip
    busy = replace(example, rows=example.rows | {"payments": [*example.rows["payments"], *crowd]})
    with shown_in(grain, busy) as engine:
        [row] = measured(engine, grain, busy.as_of).to_pylist()
        asked = [{name: str(row[name]) for name in ("county", "subject_id", "period")}]
        [found] = evidence_of(engine, grain, asked, busy.as_of).values()
    assert row["quiet_hours_share"] == round(2 / 7, 6)
    assert found["quiet_hours_share"] == ["payments:t:P6@1", "payments:t:P8@1"]


@pytest.mark.parametrize(
    ("name", "feature", "number"),
    [
        ("collector-season", "undone_share", "10"),
        ("account-season", "voided_share", "9"),
        ("village-season", "undone_share", "10"),
    ],
)
def test_a_void_is_shown_with_the_payment_of_its_own_system_alone(name: str, feature: str, number: str) -> None:
    grain = grain_of(name)
    [example] = [each for each in examples_of(grain) if each.name == "a_number_of_two_systems"]
    with shown_in(grain, example) as engine:
        rows = measured(engine, grain, example.as_of).select(["county", "subject_id", "period"]).to_pylist()
        evidence = evidence_of(engine, grain, rows, example.as_of)
    shown = {event for by_feature in evidence.values() for event in by_feature.get(feature, ())}
    assert {f"payments:bank:P{number}@1", f"payment-voids:bank:V{number}@1"} <= shown
    assert f"payments:tax:P{number}@1" not in shown


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_page_tells_of_every_feature(language: Language) -> None:
    for grain in grains():
        page = grain_page(grain, language)
        for feature in grain.features:
            title, why = (getattr(text, language) for text in (feature.title, feature.why))
            assert f"### {title} `{feature.name}`" in page
            assert why in page
            assert all(getattr(one.proof, language) in page for one in feature.innocent)


def copied(tmp_path: Path, grain: str, file: str, old: str, new: str) -> Path:
    """Copy a grain's folder with one text changed in one file."""
    source = grain_of(grain).folder
    folder = tmp_path / source.name
    shutil.copytree(source, folder)
    text = (folder / file).read_text("utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), "utf-8")
    return folder


@pytest.mark.parametrize(
    ("file", "old", "new", "check"),
    [
        ("features.toml", "shrinkage = 3", "shrinkage = -3", "limits"),
        ("features.toml", 'name = "credit_share"', 'name = "kredit_share"', "columns"),
        ("features.toml", 'unit = "share"', 'unit = "yuan"', "limits"),
        ("features.toml", 'needs = ["pos-transactions"]', 'needs = ["swipes"]', "needs"),
        ("features.toml", 'title = {zh = "终端周"', 'title = {zh = "week"', "languages"),
        ("features.sql", "$as_of", "DATE '2026-01-01' + $days", "parameters"),
        ("features.sql", "count(*) AS sales", "approx_count_distinct(s.event_id) AS sales", "function"),
        ("features.sql", "CAST(rh.most_near AS DOUBLE) AS most", "rh.most_near AS most", "types"),
        ("evidence.sql", "'undone_share' AS feature", "'undone' AS feature", "evidence"),
        ("examples.toml", "unexplained_share = 0.238095", "unexplained_share = 0.238096", "example"),
    ],
)
def test_what_breaks_the_order_is_named(tmp_path: Path, file: str, old: str, new: str, check: str) -> None:
    folder = copied(tmp_path, "terminal-week", file, old, new)
    if check == "evidence":
        text = (folder / file).read_text("utf-8").replace("'undone_share' AS feature", "'undone' AS feature")
        (folder / file).write_text(text, "utf-8")
    issues = check_grain(read_grain(folder), examples=check == "example")
    assert check in {issue.check for issue in issues}
    assert all(issue.file.parent == folder for issue in issues)


def test_a_card_that_cannot_be_read_names_its_line(tmp_path: Path) -> None:
    folder = copied(tmp_path, "terminal-week", "features.toml", 'direction = "high"', 'direction = "up"')
    line = (folder / "features.toml").read_text("utf-8").splitlines().index('direction = "up"') + 1
    with pytest.raises(MalformedRule, match=f"line {line}"):
        read_grain(folder)


def test_a_query_with_other_columns_gives_no_table(tmp_path: Path) -> None:
    folder = copied(tmp_path, "terminal-week", "features.sql", "AS mean_yuan", "AS average_yuan")
    grain = read_grain(folder)
    example = examples_of(grain)[0]
    with shown_in(grain, example) as engine, pytest.raises(NotFeatures, match="average_yuan"):
        feature_table(engine, grain, date(2026, 1, 10))


def test_every_folder_is_a_grain() -> None:
    assert sorted(path.name for path in FEATURES.iterdir()) == [grain.folder.name for grain in grains()]
    assert len(KEYS) == len(set(KEYS))
