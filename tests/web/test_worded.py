"""The words of a list are read once for as long as they hold, and every look at their names is recorded for each."""

from __future__ import annotations

import pytest

from casework.persons import ERASE, RESTRICT
from domain.cases.access import TOPIC, AccessRecorded
from ledger.home import Home
from tests.casework.cases.made import NOW
from tests.county import number
from tests.persons import decided
from tests.web.county import County, browser
from web.keeping import READER, Keeper

BEARERS = (1, 2, 3, 4, 5, 7, 8)
"""Everybody in the county who has the name of its two collectors."""


def looks(home: Home, actor: str) -> set[tuple[str, str, tuple[str, ...]]]:
    events = (home.ledger.event(row) for row in home.ledger.read(0, 10_000) if row.topic == TOPIC)
    return {
        (event.kind, event.reason, event.subjects)
        for event in events
        if isinstance(event, AccessRecorded) and event.envelope.actor == actor
    }


def test_each_who_opens_a_list_is_recorded_once_with_the_same_looks(own_county: County) -> None:
    path = f"/lists/{own_county.own.list_id}"
    browser(own_county, "clerk").get(path)
    own = looks(own_county.home, "clerk")
    assert own
    assert looks(own_county.home, "leader") == set()
    leader = browser(own_county, "leader")
    leader.get(path)
    assert looks(own_county.home, "leader") == own
    head = own_county.home.ledger.head()
    leader.get(path)
    assert own_county.home.ledger.head() == head


def test_what_was_read_ahead_is_recorded_again_for_who_opens_it(own_county: County) -> None:
    service = own_county.app.state.service
    keeper, lists = Keeper(service), (own_county.own, own_county.other, own_county.office, own_county.discipline)
    for _ in lists:
        keeper.ready_one()
    assert all(service.worded.knows(each.list_id) for each in lists)
    assert not service.worded.knows(own_county.waiting.list_id)
    head = own_county.home.ledger.head()
    keeper.ready_one()
    assert own_county.home.ledger.head() == head
    ahead = {each for each in looks(own_county.home, READER) if own_county.own.list_id in each[1]}
    browser(own_county, "clerk").get(f"/lists/{own_county.own.list_id}")
    assert ahead
    assert looks(own_county.home, "clerk") == ahead


@pytest.mark.parametrize(("decision", "word"), [(RESTRICT, "已限制"), (ERASE, "已删除")])
def test_who_is_restricted_or_erased_is_named_to_nobody_who_read_the_list_before(
    own_county: County, decision: str, word: str
) -> None:
    path, clerk, home = f"/lists/{own_county.own.list_id}", browser(own_county, "clerk"), own_county.home
    assert clerk.get(path).text.count("买*") == 2
    for sequence in BEARERS:
        decided(home, home.tokens.identity(number(sequence)), decision, NOW)
    text = clerk.get(path).text
    assert (text.count("买*"), text.count(word)) == (0, 2)
