"""Drawing up lists from the newest screening run: the cases follow it, then each addressee gets what is its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from casework.cases.batch import Batch
from casework.cases.corrections import QUERIES, correct, late_lines
from casework.cases.following import Followed, follow
from casework.cases.policy import policy_of
from casework.cases.store import Cases, of_list
from casework.lists.draw import TownshipList, draw
from casework.runs import Run, needed_runs
from domain.cases.list_state import ListState
from domain.cases.receivers import DISCIPLINE, TAX, TOWNSHIP, addressee_in
from domain.cases.suspicion import SuspicionListed
from domain.cases.suspicion_list import ListDrawn, ListItem
from domain.division import county_of
from domain.errors import Refused
from projections.as_of import build_world
from projections.models import ReadModels
from risk.scoring.suspicion import OFFICES, Suspicion, rows


class DrawnList(NamedTuple):
    """A list that was drawn up."""

    id: str
    township: str
    """The township's code; the county's for offices and discipline inspection."""
    addressee: str
    items: int
    left_out: int


class Drawn(NamedTuple):
    """What drawing up lists did."""

    run: str
    lists: tuple[DrawnList, ...]
    followed: Followed
    corrected: int


class NothingNew(Refused):
    """The newest run was followed already, and nothing of it waits for a list."""

    def __init__(self, run: str, found: int) -> None:
        zh, en = "没有发现疑点，没有可拟定的清单", "found no suspicion: there is no list to draw up"
        if found:
            zh = "的疑点都已列入清单或已办理，没有可拟定的：有新数据后请先重新筛查"
            en = "has no suspicion that is not on a list or dealt with: screen again when there is new data"
        super().__init__(f"筛查 {run} {zh}", f"{run} {en}")


Step = Callable[[str, str], None]
"""What is done next, in Chinese and English."""


def draw_lists(cases: Cases, *, capacity: int | None = None, step: Step = lambda zh, en: None) -> Drawn:
    """Let the cases follow the newest run and draw up its lists, in one append. Refused, NothingNew, Overtaken."""
    step("读取最近一次筛查", "reading the newest screening")
    known = needed_runs(cases.home)
    run = known[-1]
    table = run.suspicions(cases.home)
    batch = Batch(cases, cases.suspicions())
    step("疑点跟上筛查", "letting the suspicions follow it")
    followed, corrected = _follow(batch, run, table, known)
    step("拟定清单", "drawing up lists")
    lists = _draw_up(batch, run, table, capacity)
    if not batch.changes:
        raise NothingNew(run.event_id, table.num_rows)
    step("记入账本", "recording them")
    batch.append()
    return Drawn(run.event_id, lists, followed, corrected)


def _follow(batch: Batch, run: Run, table: pa.Table, known: Iterable[Run]) -> tuple[Followed, int]:
    earlier = {each.event_id: each for each in known}
    if not batch.states:
        return follow(batch, run, rows(table), earlier, {}), 0
    with ReadModels(batch.cases.home.read_models, batch.cases.home.ledger) as models:
        build_world(models.connection, run.event.position, run.event.as_of, queries=QUERIES)
        followed = follow(batch, run, rows(table), earlier, late_lines(models.connection))
        return followed, correct(batch, run, earlier, models.connection)


def _draw_up(batch: Batch, run: Run, table: pa.Table, capacity: int | None) -> tuple[DrawnList, ...]:
    today = batch.cases.acting.today
    table = _available(batch, table, today)
    numbers = _Numbers(batch.cases.lists(), today.year)
    drawn: list[DrawnList] = []
    for county in sorted({str(county) for county in table.column("county").to_pylist()}):
        policy = policy_of(batch.cases.home.ledger, county, today)
        own = table.filter(pc.field("county") == county)
        own = _held_back(batch, own) if policy.hold_critical else own
        seed = f"{run.event.as_of.isoformat()}-{run.event.position}"
        checked = draw(own, policy.capacity if capacity is None else capacity, seed)
        critical = [item for each in checked for item in each.items if _copied(batch, item)]
        townships = [
            _Addressed(county, each.code, TOWNSHIP, each.items, each.left_out, each.drawn)
            for each in checked if each.code != county
        ]  # fmt: skip
        others = _others(own, next((each for each in checked if each.code == county), None))
        drawn += [_list(batch, run, each, numbers.next(county), critical) for each in [*townships, *others]]
        if critical and not any(each.addressee == DISCIPLINE for each in drawn):
            drawn.append(_list(batch, run, _Addressed(county, county, DISCIPLINE, ()), numbers.next(county), critical))
    return tuple(drawn)


class _Addressed(NamedTuple):
    """A list for a township, an office or discipline inspection: what is its own, best first."""

    county: str
    code: str
    addressee: str
    items: tuple[Suspicion, ...]
    left_out: int = 0
    drawn: Mapping[str, float] = {}


class _Numbers:
    """The ids of new lists: county, year, and a number that two who draw at once cannot both take."""

    def __init__(self, standing: Mapping[str, ListState], year: int) -> None:
        self.year = year
        self.last: dict[str, int] = {}
        for name in standing:
            county, _, rest = name.partition("-")
            of_year, _, n = rest.partition("-")
            if of_year == str(year):
                self.last[county] = max(self.last.get(county, 0), int(n))

    def next(self, county: str) -> str:
        """Return the next free id of a county."""
        self.last[county] = self.last.get(county, 0) + 1
        return f"{county}-{self.year}-{self.last[county]:03d}"


def _copied(batch: Batch, item: Suspicion) -> bool:
    """Whether discipline inspection gets a copy: not of what it has seen and given to the township itself."""
    return item.copy_to_discipline and not batch.state(item.suspicion_id).readdressed


def _available(batch: Batch, table: pa.Table, today: date) -> pa.Table:
    """Return the suspicions of the run that wait for a list, with the addressee that discipline decided on."""
    states = [batch.state(str(name)) for name in table.column("suspicion_id").to_pylist()]
    free = [state.state == "open" and not state.snoozed(today) for state in states]
    addressees = pa.array([state.standing.addressee for state in states], pa.string())
    place = table.schema.get_field_index("addressee")
    return table.set_column(place, "addressee", addressees).filter(pa.array(free, pa.bool_()))


def _held_back(batch: Batch, table: pa.Table) -> pa.Table:
    """Give critical suspicions of townships to discipline inspection first, but for those that it has given back."""
    first = [
        DISCIPLINE
        if (row["severity"], row["addressee"]) == ("critical", TOWNSHIP)
        and not batch.state(row["suspicion_id"]).readdressed
        else row["addressee"]
        for row in table.select(["severity", "addressee", "suspicion_id"]).to_pylist()
    ]
    return table.set_column(table.schema.get_field_index("addressee"), "addressee", pa.array(first, pa.string()))


def _others(table: pa.Table, placeless: TownshipList | None) -> Iterable[_Addressed]:
    """Yield a list per office, per township of the duties that it owes, and for discipline inspection: none is cut.

    `placeless`: what lies in no township, cut as a township's list is; it stands on the tax office's, behind its own.
    """
    places: dict[tuple[str, str], list[Suspicion]] = {}
    for item in rows(table):
        if item.addressee != TOWNSHIP or item.file == OFFICES:
            addressee = addressee_in(item.addressee, item.township)
            code = item.township if addressee == TOWNSHIP and item.township else item.county
            places.setdefault((addressee, code), []).append(item)
    if placeless is not None:
        places.setdefault((TAX, placeless.county), []).extend(placeless.items)
    for (addressee, code), items in sorted(places.items()):
        cut = placeless if addressee == TAX else None
        yield _Addressed(
            county_of(code), code, addressee, tuple(items), cut.left_out if cut else 0, cut.drawn if cut else {}
        )


def _list(batch: Batch, run: Run, each: _Addressed, list_id: str, critical: Sequence[Suspicion]) -> DrawnList:
    addressee = each.addressee
    items = [ListItem(item.suspicion_id, each.drawn.get(item.suspicion_id)) for item in each.items]
    copies = [ListItem(item.suspicion_id, copy=True) for item in critical] if addressee == DISCIPLINE else []
    drawn = ListDrawn(
        list_id, run.event_id, each.code, addressee, (*items, *copies), each.left_out,
        envelope=batch.envelope(each.county, run.event_id),
    )  # fmt: skip
    change = of_list(ListState(list_id), drawn)
    batch.add(change)
    for number, item in enumerate(items, start=1):
        listed = SuspicionListed(
            list_id, number, item.chance, envelope=batch.envelope(each.county, change.stream)
        )
        batch.decide(item.suspicion_id, listed)
    return DrawnList(list_id, each.code, addressee, len(items), each.left_out)


