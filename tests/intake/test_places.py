"""Names of places as villages, registers and household books write them, and the codes they stand for."""

from __future__ import annotations

from pathlib import Path

import pytest

from intake.places import Resolver
from ledger.home import Home

PLACES = {
    "653123": "英吉沙县",
    "653123100": "英吉沙镇",
    "653123100201": "托格拉克村",
    "653123100202": "喀拉巴什村村民委员会",
    "653123100001": "城关社区居委会",
    "653123201": "乔勒潘乡",
    "653123201201": "阿热村",
    "653123201202": "英买里村",
    "653123204": "色提力乡",
    "653123204201": "阿热村",
    "653123204002": "英买里社区",
}


@pytest.fixture
def resolver(tmp_path: Path) -> Resolver:
    with Home.open(tmp_path / "home") as home:
        known = Resolver(home.tokens)
    for code, name in PLACES.items():
        known.know_division(code, name)
    return known


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("托格拉克村", "653123100201"),
        ("托格拉克", "653123100201"),
        ("托格拉克村委会", "653123100201"),
        ("托格拉克村村民委员会", "653123100201"),
        ("喀拉巴什村", "653123100202"),
        ("城关社区", "653123100001"),
        ("城关居委会", "653123100001"),
        ("英吉沙镇托格拉克村", "653123100201"),
        ("英吉沙县英吉沙镇托格拉克村", "653123100201"),
        ("新疆维吾尔自治区喀什地区英吉沙县英吉沙镇托格拉克村村委会", "653123100201"),
        ("英吉沙县/乔勒潘乡/阿热村", "653123201201"),
        ("英吉沙镇 托格拉克村", "653123100201"),
        ("喀什地区英吉沙县", "653123"),
    ],
)
def test_a_place_is_found_by_its_path_its_committee_and_without_its_kind(
    resolver: Resolver, text: str, code: str
) -> None:
    assert resolver.division(text) == code


@pytest.mark.parametrize("text", ["阿热村", "阿热", "英买里", "不详", "疏勒县英吉沙镇阿热村", "某镇托格拉克村"])
def test_what_fits_two_places_or_none_is_not_guessed(resolver: Resolver, text: str) -> None:
    assert resolver.division(text) is None


def test_an_answer_is_given_anew_when_another_place_is_known(resolver: Resolver) -> None:
    assert resolver.division("托格拉克村") == "653123100201"
    resolver.know_division("653123204203", "托格拉克村")
    assert resolver.division("托格拉克村") is None
