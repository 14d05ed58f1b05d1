"""The words of a list are read once, and every look at their names is recorded for each who looks."""

from __future__ import annotations

from domain.cases.access import TOPIC, AccessRecorded
from ledger.home import Home
from tests.web.county import County, browser
from web.keeping import READER, Keeper


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
