"""Spot checks through the pages: drawn in public, drawn again from the downloads, recorded, evaluated."""

from __future__ import annotations

from hashlib import sha256

import msgspec
import pytest

from casework.cases.spot_checking import needed
from casework.sampling.draw import draw
from casework.sampling.frame import read_frame
from casework.sampling.plan import Plan
from tests.casework.cases.made import NOW, cases_of
from tests.web.county import County, browser
from tests.web.decided import accepted

DRAW = {"way": "simple", "size": "2", "fee": ""}
RESULT = {"outcome": "confirmed", "amount": "400", "checked_on": NOW.date().isoformat(), "note": "本人没有收到凭证"}


def drawn(county: County, size: int = 2) -> str:
    """Draw a spot check as the inspector; return its path."""
    answered = browser(county, "inspector").post("/spot-checks", data=DRAW | {"size": str(size)})
    assert answered.status_code == 303, answered.text
    return str(answered.headers["location"]).partition("?")[0]


def test_anyone_draws_the_same_again_from_the_downloads(own_county: County) -> None:
    accepted(own_county)
    path, analyst = drawn(own_county, 1), browser(own_county, "analyst")
    frame = analyst.get(f"{path}/frame.tsv").content
    checkpoint = analyst.get(f"{path}/checkpoint").text
    plan: Plan = msgspec.json.decode(analyst.get(f"{path}/plan.json").content, type=Plan)
    sample = draw(read_frame(frame), checkpoint, plan)
    shown = analyst.get(path).text
    assert sha256(frame).hexdigest() in shown
    assert sample.seed in shown
    assert [each.id for each in sample.drawn] == [
        each.id for each in needed(cases_of(own_county.home), path.rpartition("/")[2]).items
    ]


def test_a_result_that_differs_overturns_and_the_sample_is_evaluated_when_all_are_checked(own_county: County) -> None:
    names = accepted(own_county)
    path, group = drawn(own_county), browser(own_county, "working-group")
    first = group.post(f"{path}/items/1", data=RESULT)
    assert first.headers["location"] == f"{path}?item=2&done=recorded"
    assert "推翻" in group.get(path).text
    assert group.post(f"{path}/evaluate").status_code == 409
    assert group.post(f"{path}/items/2", data=RESULT | {"outcome": "unverifiable", "amount": ""}).status_code == 303
    assert group.post(f"{path}/evaluate").status_code == 303
    text = group.get(path).text
    assert "2 / 2" in text
    assert "单侧置信度" in text
    states = cases_of(own_county.home).suspicions(names)
    assert sorted(state.state for state in states.values()) == ["accepted", "overturned"]
    stored = b"".join(row.state for row in own_county.home.ledger.of_type("spot-checks"))
    assert RESULT["note"].encode() not in stored


@pytest.mark.parametrize(
    ("item", "changes", "status"),
    [
        (3, {}, 404), (0, {}, 404), (1, {"outcome": "guilty"}, 400), (1, {"amount": "-3"}, 400),
        (1, {"amount": "viel"}, 400), (1, {"checked_on": "2027-01-01"}, 400),
    ],
)  # fmt: skip
def test_a_result_that_cannot_be_is_refused_and_nothing_is_recorded(
    own_county: County, item: int, changes: dict[str, str], status: int
) -> None:
    accepted(own_county)
    path = drawn(own_county)
    answered = browser(own_county, "inspector").post(f"{path}/items/{item}", data=RESULT | changes)
    assert answered.status_code == status
    assert needed(cases_of(own_county.home), path.rpartition("/")[2]).results() == {}


@pytest.mark.parametrize("changes", [{"way": "by-hand"}, {"size": "0"}, {"fee": "resident-medical", "year": "0"}])
def test_a_draw_that_cannot_be_fixes_no_frame(own_county: County, changes: dict[str, str]) -> None:
    accepted(own_county)
    answered = browser(own_county, "inspector").post("/spot-checks", data=DRAW | changes)
    assert answered.status_code == 400, answered.text
    assert cases_of(own_county.home).spot_checks() == {}


def test_a_township_is_told_of_no_spot_check(own_county: County) -> None:
    names = accepted(own_county)
    path, clerk = drawn(own_county), browser(own_county, "clerk")
    browser(own_county, "inspector").post(f"{path}/items/1", data=RESULT)
    for page in ("/", "/suspicions", *(f"/suspicions/{name}" for name in names)):
        text = clerk.get(page).text
        assert path.rpartition("/")[2] not in text
        assert "抽查" not in text
        assert "推翻" not in text
