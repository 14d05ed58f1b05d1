"""The county's clock: working days, collection windows, and plausible times of day two hours behind +08:00."""

from __future__ import annotations

from bisect import bisect
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from itertools import accumulate
from random import Random

CST = timezone(timedelta(hours=8))
FIRST_DAY = date(2025, 1, 1)
LAST_DAY = date(2026, 3, 20)


def _span(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


_HOLIDAYS = frozenset(
    _span(date(2025, 1, 1), date(2025, 1, 1))
    + _span(date(2025, 1, 28), date(2025, 2, 4))
    + _span(date(2025, 4, 4), date(2025, 4, 6))
    + _span(date(2025, 5, 1), date(2025, 5, 5))
    + _span(date(2025, 5, 31), date(2025, 6, 2))
    + _span(date(2025, 10, 1), date(2025, 10, 8))
    + _span(date(2026, 1, 1), date(2026, 1, 3))
    + _span(date(2026, 2, 15), date(2026, 2, 23))
    + _span(date(2026, 4, 4), date(2026, 4, 6))
)
_MOVED_WORKDAYS = frozenset(
    date(*ymd)
    for ymd in ((2025, 1, 26), (2025, 2, 8), (2025, 4, 27), (2025, 9, 28), (2025, 10, 11), (2026, 1, 4), (2026, 2, 14))
) | {date(2026, 2, 28)}


def is_workday(day: date) -> bool:
    """Whether offices work that day, days worked in exchange (调休) included."""
    return day in _MOVED_WORKDAYS or (day.weekday() < 5 and day not in _HOLIDAYS)


def after_workdays(day: date, count: int) -> date:
    """Return the day that lies `count` working days after `day`, which itself is not counted."""
    while count > 0:
        day += timedelta(days=1)
        count -= is_workday(day)
    return day


@dataclass(frozen=True, slots=True)
class Window:
    """The concentrated collection period of one fee and fee year."""

    fee: str
    year: int
    opens: date
    closes: date
    treasury_account: str

    @property
    def listed_on(self) -> date:
        """The day the roster is handed over: fifteen days before the window, rounded to the day before."""
        return self.opens - timedelta(days=17)


MEDICAL_ACCOUNT = "1021201"
PENSION_ACCOUNT = "1021001"
MEDICAL = Window("resident-medical", 2026, date(2025, 9, 1), date(2025, 12, 31), MEDICAL_ACCOUNT)
PENSION = Window("resident-pension", 2025, date(2025, 1, 1), date(2025, 6, 30), PENSION_ACCOUNT)
SUPPLEMENTARY = Window("resident-pension-supplementary", 2025, PENSION.opens, PENSION.closes, PENSION_ACCOUNT)
EARLIER = tuple(
    Window("resident-medical", year, date(year - 1, 9, 1), date(year - 1, 12, 31), MEDICAL_ACCOUNT)
    for year in (2023, 2024, 2025)
)


def _weights(window: Window) -> tuple[list[date], list[float]]:
    days = _span(window.opens + timedelta(days=1), window.closes)
    size = len(days)
    shares = []
    for n, day in enumerate(days):
        share = 0.5 + n / size + (1.6 if size - n <= 6 else 0.0)
        shares.append(share * (1.0 if is_workday(day) else 0.45))
    return days, list(accumulate(shares))


_SEASONS = {(w.fee, w.year): _weights(w) for w in (MEDICAL, PENSION, *EARLIER)}


def season_day(rng: Random, window: Window) -> date:
    """Return a day within the window, later days and above all the last week more likely."""
    days, sums = _SEASONS[window.fee, window.year]
    return days[bisect(sums, rng.random() * sums[-1])]


def season_workday(rng: Random, window: Window) -> date:
    """Return a working day within the window, for what is done at a village office."""
    day = season_day(rng, window)
    while not is_workday(day):
        day -= timedelta(days=1)
    return max(day, after_workdays(window.opens, 1))


def at(day: date, minute: int, second: int = 0) -> datetime:
    """Return the moment on `day` at `minute` after midnight, +08:00."""
    base = datetime(day.year, day.month, day.day, tzinfo=CST)
    return base + timedelta(minutes=minute, seconds=second)


def office_time(rng: Random, day: date) -> datetime:
    """Return a moment of village office work: 10:00-14:00 or 15:30-20:00 by Beijing's clock."""
    share = rng.random()
    minute = 605 + share * 470 if share < 0.5 else 935 + (share - 0.5) * 500
    return at(day, int(minute), int(rng.random() * 60))


def phone_time(rng: Random, day: date) -> datetime:
    """Return a moment of paying by phone: through the day until local midnight, which Beijing's clock shows as two."""
    share = rng.random()
    if share < 0.8:
        return at(day, int(590 + share * 800), int(rng.random() * 60))
    return at(day, int(1230 + (share - 0.8) * 1040), int(rng.random() * 60))
