"""What is published of issued lists: the items without evidence; nothing that discipline alone may see."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from casework.cases import issuing
from consumers.outbox import pending
from consumers.topics import EVENTS, LISTS
from ledger.home import Home
from tests.casework.cases.made import TOWNSHIP, cases_of, drawn, home_at, issued, screened
from tests.risk.scoring.rows import finding


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with home_at(tmp_path) as opened:
        yield opened


def published(home: Home, topic: str) -> list[dict[str, object]]:
    messages, _ = pending(home.ledger, 0)
    wanted = [message.value or b"" for message in messages if message.topic == topic]
    return [msgspec.json.decode(value, type=dict[str, object]) for value in wanted]


def test_an_issued_list_is_one_message_with_items_and_checkpoint_and_no_evidence(home: Home) -> None:
    state = issued(home, finding(), finding(subject_id="V02"))
    [message] = published(home, LISTS)
    data = message["data"]
    assert isinstance(data, dict)
    assert (data["to"], data["number"], data["checkpoint"]) == (TOWNSHIP, "税疑〔2026〕1号", state.checkpoint)
    assert [item["item"] for item in data["items"]] == [1, 2]
    assert "R001" not in str(data["items"])


def test_a_drawn_list_is_no_message_and_what_happens_to_an_issued_one_is(home: Home) -> None:
    drawn(home, finding())
    assert published(home, LISTS) == []
    issuing.approve(cases_of(home, "wang"), "653123-2026-001")
    issuing.issue(cases_of(home), "653123-2026-001")
    issuing.receive(cases_of(home, "clerk"), "653123-2026-001")
    told = [message["type"] for message in published(home, EVENTS)]
    assert told == ["screening.Run.v1", "suspicion-list.Received.v1"]


def test_a_published_screening_does_not_say_which_items_chance_drew(home: Home) -> None:
    screened(home, finding(), changes={"drawn": {"S0123456789abcdef": 0.1}})
    [message] = published(home, EVENTS)
    assert message["type"] == "screening.Run.v1"
    assert "S0123456789abcdef" not in str(message)


def test_a_list_of_discipline_inspection_never_leaves(home: Home) -> None:
    state = issued(home, finding(addressee="discipline"))
    issuing.receive(cases_of(home, "jiwei"), state.list_id)
    assert published(home, LISTS) == []
    assert [message["type"] for message in published(home, EVENTS)] == ["screening.Run.v1"]
