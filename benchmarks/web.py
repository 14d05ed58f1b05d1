"""Clerks answering at once while a screening runs in its own process, beside plain /healthz; and the first page."""

from __future__ import annotations

import asyncio
import os
import random
import re
import time
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles
from typing import NamedTuple

import httpx

from casework.cases import issuing
from casework.cases.drawing import draw_lists
from casework.users.accounts import Place, add
from casework.users.signing_in import sign_in_by_provider
from casework.users.writing import By
from domain.errors import Refused
from intake.parsing import CHINA
from ledger.home import Home
from simulation.county import write_county
from tests.casework.cases.made import cases_of, screened
from tests.county import data_folder, receipt, take
from tests.risk.scoring.rows import finding
from tests.web.served import serving
from web.frame.figures import PROCESSOR
from web.frame.sessions import COOKIE
from web.work.works import Works

LISTS, ITEMS, CLERKS = 20, 20, 200
"""Lists, items of each, and clerks in all; each answers ITEMS * LISTS / CLERKS items of the township's list."""
PAUSE_S = 20.0
"""A clerk's time at one form, at random up to this: far less than any clerk takes, so more load than a county makes."""
BURSTS = 3
"""Times that all clerks do the same at once, and all times count together."""
REST_S = 3.0
"""Between two of them."""
READY_S = 1.5 * LISTS
"""In which the service has read the words of all lists by itself."""
BESIDE_PEOPLE = 20_000
"""Of the county that is screened meanwhile."""
TIMEOUT_S = 900.0
KEPT_S = 2.0
"""In which a connection is used again: the service itself ends it after five."""
COUNTY = "653123"
_ASSET = re.compile(r'(?:href|src)="(/static/[^"]+)"')


class Clerk(NamedTuple):
    """A clerk who is signed in, and the items that are theirs."""

    secret: str
    list_id: str
    numbers: tuple[int, ...]


def run(folder: Path) -> None:
    """Print the figures, with the load of the machine before and after."""
    clerks = furnish(folder)
    print(f"load {_load()}; {CLERKS} clerks, {LISTS} lists of {ITEMS} items")
    with _beside(folder / "beside") as screen:
        with serving(folder / "home") as base:
            asyncio.run(_measure(base, clerks, screen))
        print(f"load {_load()}; the same home served by two processes, half of the clerks at each")
        with serving(folder / "home") as one, serving(folder / "home") as other:
            asyncio.run(_measure_both((one, other), clerks, screen))
    print(f"load {_load()}")


@contextmanager
def _beside(folder: Path) -> Iterator[Callable[[], None]]:
    """Make another county; give what keeps a screening of it running, one after the other, as a page starts it."""
    write_county(folder / "data", BESIDE_PEOPLE, 1)
    with Home.open(folder / "home") as home:
        take(home, folder / "data")
        works, began = Works(home, lambda: datetime.now(UTC)), list[str]()

        def screen() -> None:
            if not began or not works.one(began[-1]).open:
                began.append(works.start("screening", "analyst").id)

        yield screen
        states = [works.one(name).state for name in began]
        print(f"screenings beside          {len(began)}: {', '.join(states)}")
        for name in began[-1:]:
            with suppress(Refused):
                works.stop(name, "analyst")
            while works.one(name).open:
                time.sleep(0.1)


def furnish(folder: Path) -> list[Clerk]:
    """Make the home: lists issued and received today, every clerk with a session."""
    now = datetime.now(UTC)
    codes = [f"{COUNTY}{100 + place}" for place in range(LISTS)]
    divisions = [{"record_id": COUNTY, "name": "英吉沙县"}]
    divisions += [{"record_id": code, "name": f"第{place}乡"} for place, code in enumerate(codes, start=1)]
    lines = [receipt(f"R{n:04d}", n) for n in range(1, LISTS * ITEMS + 1)]
    data = data_folder(folder / "data", divisions=divisions, cash_receipts=lines)
    with Home.open(folder / "home") as home:
        take(home, data)
        screened(home, *(_finding(code, place, n) for place, code in enumerate(codes) for n in range(ITEMS)))
        for each in draw_lists(cases_of(home, "analyst", now)).lists:
            issuing.approve(cases_of(home, "approver", now), each.id)
            issuing.issue(cases_of(home, "analyst", now), each.id)
        by_code = {state.to: state.list_id for state in cases_of(home).lists().values()}
        return [clerk for code in codes for clerk in _clerks(home, code, by_code[code], now)]


def _finding(code: str, place: int, n: int) -> dict[str, object]:
    line = f"cash-receipts:township-ledger:R{place * ITEMS + n + 1:04d}@1"
    return finding(subject_id=f"V{place:02d}{n:02d}", township=code, village=f"{code}201", evidence=[line])


def _clerks(home: Home, code: str, list_id: str, now: datetime) -> list[Clerk]:
    each = CLERKS // LISTS
    found = []
    for place in range(each):
        name = f"clerk-{code}-{place}"
        add(home, name, Place("clerk", code), By("sysadmin", now))
        numbers = tuple(range(place + 1, ITEMS + 1, each))
        found.append(Clerk(sign_in_by_provider(home, name, now).secret, list_id, numbers))
    issuing.receive(cases_of(home, f"clerk-{code}-0", now), list_id)
    return found


def _client(base: str) -> httpx.AsyncClient:
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None, keepalive_expiry=KEPT_S)
    return httpx.AsyncClient(base_url=base, timeout=TIMEOUT_S, limits=limits, headers={"sec-fetch-site": "same-origin"})


async def _measure_both(bases: tuple[str, str], clerks: Sequence[Clerk], screen: Callable[[], None]) -> None:
    async with _client(bases[0]) as one, _client(bases[1]) as other:
        at = {clerk: (one, other)[place % 2] for place, clerk in enumerate(clerks)}
        await asyncio.sleep(READY_S)
        running = asyncio.create_task(_kept_running(screen))
        await _at_once(at)
        running.cancel()


async def _measure(base: str, clerks: Sequence[Clerk], screen: Callable[[], None]) -> None:
    async with _client(base) as client:
        first = next(iter(clerks))
        took, size = await _first_page(client, first)
        print(f"first page                 {size / 1000:,.0f} kB in {took * 1000:,.0f} ms, all its files together")
        print(f"first form, just started   {await _first_form(client, first) * 1000:,.0f} ms")
        await asyncio.sleep(READY_S)
        forms = [await _first_form(client, clerk) for clerk in clerks[CLERKS // LISTS :: CLERKS // LISTS]]
        print(_line("first form of a list", forms))
        running = asyncio.create_task(_kept_running(screen))
        await _paced_answers(client, clerks)
        await _at_once(dict.fromkeys(clerks, client))
        running.cancel()


async def _kept_running(screen: Callable[[], None]) -> None:
    while True:
        screen()
        await asyncio.sleep(1)


async def _paced_answers(client: httpx.AsyncClient, clerks: Sequence[Clerk]) -> None:
    plain = await _paced(clerks, lambda _clerk, _number: _seconds(client.get("/healthz")))
    print(_line("/healthz, paced", plain))
    opened: list[float] = []

    async def answer(clerk: Clerk, number: int) -> float:
        return await _answered(client, clerk, number, opened)

    before = await _processor_seconds([client])
    answered = await _paced(clerks, answer)
    spent = (await _processor_seconds([client]) - before) / len(answered)
    print(_line("form opened, paced", opened))
    print(_line("answer, paced", answered))
    print(f"answer over /healthz       {_p95(answered) / _p95(plain):.1f} times at p95")
    print(f"processor time             {spent * 1000:.1f} ms for a form and its answer")


async def _at_once(at: Mapping[Clerk, httpx.AsyncClient]) -> None:
    """Let all clerks do the same in one moment: first what costs nothing, then opening and answering, then answering.

    An answer whose form is opened right before it waits behind all forms; near a deadline clerks have theirs open.
    """
    clerks = list(at)
    print(_line("/healthz, all at once", await _bursts(clerks, lambda clerk: _seconds(at[clerk].get("/healthz")))))
    opened: list[float] = []
    both = await _bursts(clerks, lambda clerk: _answered(at[clerk], clerk, clerk.numbers[0], opened))
    print(_line("form opened, all at once", opened))
    print(_line("its answer, all at once", both))
    marks = {clerk: await _opened(client, clerk, clerk.numbers[0]) for clerk, client in at.items()}

    def sent(clerk: Clerk) -> Awaitable[float]:
        return _sent(at[clerk], clerk, clerk.numbers[0], marks[clerk])

    before = await _processor_seconds(set(at.values()))
    print(_line("answer alone, all at once", await _bursts(clerks, sent)))
    spent = (await _processor_seconds(set(at.values())) - before) / (BURSTS * len(clerks))
    print(f"processor time             {spent * 1000:.1f} ms for an answer alone")
    chance = random.Random(2)

    async def within_a_second(clerk: Clerk) -> float:
        await asyncio.sleep(chance.random())
        return await sent(clerk)

    print(_line("answer alone, in one second", await _bursts(clerks, within_a_second)))


async def _bursts(clerks: Sequence[Clerk], ask: Callable[[Clerk], Awaitable[float]]) -> list[float]:
    """Have every clerk ask at once, BURSTS times with a rest before each; return the seconds of all."""
    found: list[float] = []
    for _ in range(BURSTS):
        await asyncio.sleep(REST_S)
        found += await asyncio.gather(*map(ask, clerks))
    return found


async def _processor_seconds(clients: Collection[httpx.AsyncClient]) -> float:
    """Return the processor seconds of the services so far, as they say themselves."""
    told = [(await client.get("/metrics")).text.splitlines() for client in clients]
    return sum(float(line.split()[-1]) for lines in told for line in lines if line.startswith(PROCESSOR))


async def _paced(clerks: Sequence[Clerk], ask: Callable[[Clerk, int], Awaitable[float]]) -> list[float]:
    """Let every clerk ask for each of their items, a pause at random before each; return the seconds."""
    chance = random.Random(1)
    pauses = [[chance.uniform(0, PAUSE_S) for _ in clerk.numbers] for clerk in clerks]

    async def work(clerk: Clerk, waits: Sequence[float]) -> list[float]:
        found = []
        for number, wait in zip(clerk.numbers, waits, strict=True):
            await asyncio.sleep(wait)
            found.append(await ask(clerk, number))
        return found

    done = await asyncio.gather(*(work(clerk, waits) for clerk, waits in zip(clerks, pauses, strict=True)))
    return [each for found in done for each in found]


async def _answered(client: httpx.AsyncClient, clerk: Clerk, number: int, opened: list[float]) -> float:
    """Open the form and send the answer; return the seconds of sending. ValueError where it is not taken."""
    began = time.perf_counter()
    mark = await _opened(client, clerk, number)
    opened.append(time.perf_counter() - began)
    return await _sent(client, clerk, number, mark)


async def _opened(client: httpx.AsyncClient, clerk: Clerk, number: int) -> str:
    """Open a form and return the mark of its opening."""
    page = await client.get(_path(clerk, number), headers=_signed_in(clerk))
    return page.raise_for_status().text.partition('name="opened" value="')[2].partition('"')[0]


async def _sent(client: httpx.AsyncClient, clerk: Clerk, number: int, mark: str) -> float:
    """Send an answer that is another one each time; return the seconds. ValueError where it is not taken."""
    path, said = _path(clerk, number), f"第{number}条 {random.random()}：当面问了本人，看了收据存根"
    form = {
        "checked": "yes", "method": "visit", "checker": "张三", "second_checker": "李四", "result": "unverifiable",
        "checked_on": datetime.now(CHINA).date().isoformat(), "statement": said, "opened": mark,
    }  # fmt: skip
    began = time.perf_counter()
    taken = await client.post(path, headers=_signed_in(clerk), data=form)
    took = time.perf_counter() - began
    if "done=answered" not in taken.headers.get("location", ""):
        raise ValueError(f"{path}: {taken.status_code} {taken.headers.get('location')}")
    return took


def _path(clerk: Clerk, number: int) -> str:
    return f"/lists/{clerk.list_id}/items/{number}"


def _signed_in(clerk: Clerk) -> dict[str, str]:
    return {"cookie": f"{COOKIE}={clerk.secret}"}


async def _first_form(client: httpx.AsyncClient, clerk: Clerk) -> float:
    """Return the seconds of opening a form of a list that nobody opened since the service began."""
    return await _seconds(client.get(_path(clerk, clerk.numbers[0]), headers=_signed_in(clerk)))


async def _seconds(request: Awaitable[httpx.Response]) -> float:
    began = time.perf_counter()
    (await request).raise_for_status()
    return time.perf_counter() - began


async def _first_page(client: httpx.AsyncClient, clerk: Clerk) -> tuple[float, int]:
    """Return seconds and bytes of the first page with its files, as an empty browser loads them."""
    began = time.perf_counter()
    page = await client.get("/", headers=_signed_in(clerk))
    files = await asyncio.gather(*(client.get(name) for name in sorted(set(_ASSET.findall(page.text)))))
    return time.perf_counter() - began, sum(each.num_bytes_downloaded for each in (page, *files))


def _p95(found: Sequence[float]) -> float:
    return quantiles(found, n=20)[-1]


def _line(name: str, found: Sequence[float]) -> str:
    shown = (median(found), _p95(found), max(found))
    middle, high, most = (f"{each * 1000:>8,.0f} ms" for each in shown)
    return f"{name:<26} median {middle}   p95 {high}   most {most}   of {len(found)}"


def _load() -> str:
    return f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
