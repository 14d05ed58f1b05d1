"""The table of suspicions: the same rows as a plain sort gives, whatever is asked; kept filters; the first page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import cache
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.cases.below import known_below, told_below
from casework.cases.drawing import draw_lists
from domain.cases.moves import SUSPICION
from domain.cases.suspicion import Picture
from domain.cases.suspicion_state import SuspicionState
from ledger.home import Home
from tests.casework.cases.made import TOWNSHIP, cases_of, screened
from tests.risk.scoring.rows import finding
from tests.web.county import PAYLOAD, County, browser
from web.cases.places import Places
from web.cases.standing import Standing
from web.cases.table import SEVERITY, SORTS, UNFINISHED, Filter, SuspicionTable

ENDED = {"closed", "withdrawn", "changed"}
TOWNSHIPS = (None, "653123101", "653123102")


@st.composite
def suspicions(draw: st.DrawFn) -> list[SuspicionState]:
    """Draw suspicions in all states, some with the same keys but for their id."""
    return [
        SuspicionState(
            suspicion_id=f"S{number:03d}", state=draw(st.sampled_from(sorted(SUSPICION.states))), category="coverage",
            subject_type="collector", subject_id=f"V{number % 5}", to=draw(st.sampled_from(TOWNSHIPS)),
            raised_on=draw(st.sampled_from((None, date(2026, 1, 1), date(2026, 2, 1)))),
            picture=Picture(
                severity=draw(st.sampled_from(sorted(SEVERITY))), addressee="township",
                township=draw(st.sampled_from(TOWNSHIPS)), village=None, rules=("A01",),
                amount_fen=draw(st.sampled_from((0, 100, 40_000))), first_on=None, last_on=None,
                score=draw(st.sampled_from((0.25, 0.5))), evidence=(),
            ),
        )
        for number in range(draw(st.integers(0, 12)))
    ]  # fmt: skip


filters = st.builds(
    Filter,
    state=st.sampled_from(("", UNFINISHED, "open", "answered")),
    category=st.sampled_from(("", "coverage", "anomaly")),
    severity=st.sampled_from(("", "high")),
    township=st.sampled_from(("", "none", "653123101")),
    text=st.sampled_from(("", "v1", "S00")),
    sort=st.sampled_from(SORTS),
    after=st.just(""),
)


@cache
def empty(folder: Path) -> tuple[Standing, Places]:
    """Return the cases of a home without any."""
    home = Home.open(folder / "empty")
    standing = Standing(home.ledger)
    return standing, Places(home.ledger, standing)


def plain(states: Iterable[SuspicionState], wanted: Filter, below: str | None) -> list[str]:
    """Return the ids that a filter lets through, sorted, said in the plainest way."""
    keys: dict[str, Callable[[SuspicionState], tuple[str | float, ...]]] = {
        "severity": lambda row: (SEVERITY[row.standing.severity], -row.standing.score, -row.standing.amount_fen),
        "amount": lambda row: (-row.standing.amount_fen,),
        "newest": lambda row: (-row.raised_on.toordinal() if row.raised_on else 0,),
        "place": lambda row: (
            row.standing.township or "", SEVERITY[row.standing.severity], -row.standing.score,
        ),
    }  # fmt: skip
    found = []
    for row in states:
        told = row.state if below is None else told_below(row)
        fits = wanted.state in ("", told) or (wanted.state == UNFINISHED and told not in ENDED)
        fits &= wanted.category in ("", row.category)
        fits &= wanted.severity in ("", row.standing.severity)
        fits &= wanted.township in ("", row.standing.township or "none")
        fits &= wanted.text.casefold() in f"{row.suspicion_id} {row.subject_id}".casefold()
        fits &= below is None or known_below(row) == below
        if fits:
            found.append(row)
    return [row.suspicion_id for row in sorted(found, key=lambda row: (*keys[wanted.sort](row), row.suspicion_id))]


@settings(max_examples=40, deadline=None)
@given(suspicions(), filters, st.sampled_from((None, "653123101")), st.integers(1, 5))
def test_pages_joined_are_a_plain_sort(
    tmp_path_factory: pytest.TempPathFactory,
    states: Sequence[SuspicionState],
    wanted: Filter,
    below: str | None,
    length: int,
) -> None:
    table = SuspicionTable(*empty(tmp_path_factory.getbasetemp()))
    table.put(states)
    expected, found, after = plain(states, wanted, below), list[str](), ""
    while True:
        page = table.page(wanted._replace(after=after), below, length)
        found += [row.id for row in page.rows]
        assert page.total == len(expected)
        assert page.fen == sum(row.standing.amount_fen for row in states if row.suspicion_id in expected)
        if not page.next:
            break
        after = page.next
    assert found == expected == [row.id for row in table.every(wanted, below)]


def test_a_changed_suspicion_stands_in_the_place_of_what_it_was(tmp_path_factory: pytest.TempPathFactory) -> None:
    table = SuspicionTable(*empty(tmp_path_factory.getbasetemp()))
    picture = Picture(
        severity="high", addressee="township", township=None, village=None, rules=(), amount_fen=1, first_on=None,
        last_on=None, score=0.5, evidence=(),
    )  # fmt: skip
    table.put([SuspicionState(suspicion_id="S1", state="open", picture=picture)])
    more = msgspec.structs.replace(picture, amount_fen=2)
    table.put([SuspicionState(suspicion_id="S1", state="closed", picture=more)])
    page = table.page(Filter())
    assert [(row.id, row.state, row.fen) for row in page.rows] == [("S1", "closed", 2)]


def test_who_asks_while_suspicions_change_sees_all_of_them(tmp_path_factory: pytest.TempPathFactory) -> None:
    table = SuspicionTable(*empty(tmp_path_factory.getbasetemp()))
    picture = Picture(
        severity="high", addressee="township", township=None, village=None, rules=(), amount_fen=1, first_on=None,
        last_on=None, score=0.5, evidence=(),
    )  # fmt: skip
    states = [SuspicionState(suspicion_id=f"S{n}", state="open", picture=picture) for n in range(3000)]
    table.put(states)
    seen, asked = set[int](), table._store.cursor()
    with ThreadPoolExecutor(1) as changing:
        changes = [changing.submit(table.put, states) for _ in range(10)]
        while not changes[-1].done():
            seen.add(asked.execute("SELECT count(*) FROM suspicions").fetchall()[0][0])
    assert [each.result() for each in changes] == [None] * 10
    assert seen == {len(states)}


def test_a_cell_of_the_heat_table_leads_to_as_many_suspicions_as_it_says(county: County) -> None:
    client = browser(county, "analyst")
    text = client.get("/").text
    cells = [part.partition("<")[0] for part in text.split('href="/suspicions?state=unfinished')[1:]]
    assert len(cells) >= 4
    for cell in cells:
        address, _, rest = cell.partition('"')
        count = rest.rpartition(">")[2]
        shown = client.get(f"/suspicions?state=unfinished{address.replace('&amp;', '&')}").text
        assert f"共 {count} 条" in shown, address


def test_the_first_page_of_a_clerk_says_what_is_due_in_three_lines(own_county: County) -> None:
    clerk = browser(own_county, "clerk")
    lines = clerk.get("/").text.partition('class="card today"')[2].partition("</ol>")[0].split("<li>")[1:]
    assert len(lines) == 3
    assert f"待签收：<a href=\"/lists/{own_county.own.list_id}\">" in lines[2]
    clerk.post(f"/lists/{own_county.own.list_id}/receive")
    assert "剩 15 天" in clerk.get("/").text
    assert "没有待签收的清单" in clerk.get("/").text


def test_roles_of_the_county_see_how_far_the_data_reach_and_what_is_missing(county: County) -> None:
    text = browser(county, "analyst").get("/").text
    assert "现金征缴登记台账" in text
    assert "2025-11-03" in text
    assert "数据到哪一天" not in browser(county, "clerk").get("/").text


def test_a_filter_is_kept_under_a_name_for_who_kept_it(own_county: County) -> None:
    analyst, approver = browser(own_county, "analyst"), browser(own_county, "approver")
    kept = analyst.post("/suspicions/views?state=unfinished&severity=critical", data={"name": f"重大 {PAYLOAD[:9]}"})
    assert kept.headers["location"] == "/suspicions?state=unfinished&severity=critical&done=view-saved"
    text = analyst.get("/suspicions").text
    assert 'href="/suspicions?state=unfinished&amp;severity=critical">重大 &lt;script&gt;' in text
    assert "重大 &lt;script" not in approver.get("/suspicions").text
    for name, query in (("", ""), ("x" * 21, ""), ("110101199001011234", ""), ("某人", "?q=张三")):
        assert analyst.post(f"/suspicions/views{query}", data={"name": name}).status_code == 400
    assert approver.post("/suspicions/views/remove", data={"name": f"重大 {PAYLOAD[:9]}"}).status_code == 404
    assert analyst.post("/suspicions/views/remove", data={"name": f"重大 {PAYLOAD[:9]}"}).status_code == 303
    assert "重大 &lt;script" not in analyst.get("/suspicions").text


def test_every_role_sees_its_own_rows_and_what_was_just_screened(own_county: County) -> None:
    def total(user: str) -> int:
        text = browser(own_county, user).get("/suspicions").text
        return int(text.partition("共 ")[2].partition(" ")[0])

    before = total("analyst")
    assert (before, total("clerk"), total("neighbour"), total("liaison")) == (6, 2, 1, 1)
    screened(own_county.home, finding(subject_id="V09", township=TOWNSHIP))
    draw_lists(cases_of(own_county.home, "analyst"))
    assert total("analyst") == len(cases_of(own_county.home).suspicions()) > before
