"""The thread beside the pages: it waits for what is away, and where it ends, that is seen."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime

import pytest

from domain.errors import Unreachable
from tests.web.county import County, browser
from web import keeping
from web.keeping import Keeper


class Failing(Keeper):
    """A keeper whose first step fails."""

    error: Exception | None = None

    def step(self, now: datetime) -> None:
        error, self.error = self.error, None
        if error is not None:
            raise error
        super().step(now)


def failing(county: County, error: Exception) -> Failing:
    keeper = Failing(county.app.state.service)
    keeper.error = error
    keeper.start()
    return keeper


def until(said: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not said():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.parametrize("error", [OSError("disk"), RuntimeError("明")])
def test_an_error_that_nobody_foresaw_is_seen_without_its_words(own_county: County, error: Exception) -> None:
    service = own_county.app.state.service
    keeper = failing(own_county, error)
    until(lambda: service.kept != "ok")
    keeper.stop()
    told = browser(own_county).get("/healthz")
    assert (told.status_code, told.json()["loop"]) == (503, f"stopped: {type(error).__name__}")


def test_what_is_away_is_waited_for(own_county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "EVERY_S", 0.01)
    sealer, service = own_county.home.sealer, own_county.app.state.service
    assert sealer is not None
    keeper = failing(own_county, Unreachable("离开", "away"))
    until(lambda: sealer.checkpoint().checkpoint.size == own_county.home.ledger.head() and service.kept == "ok")
    keeper.stop()
