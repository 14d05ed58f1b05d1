"""What a serving process does beside answering: it follows the ledger, seals what was appended, and lets days pass."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

from casework.cases.clock import pass_days
from casework.cases.store import Acting, Cases, Overtaken
from domain.errors import MingzhangError, Unreachable
from web.frame.service import Service

EVERY_S = 1.0
CLOCK_EVERY = timedelta(hours=1)
ACTOR = "clock"
OK = "ok"


class Keeper:
    """The thread of it. It waits for a component that is away, and stops at anything else, which /healthz shows."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="keeper", daemon=True)
        self._clock_at: datetime | None = None

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End after what is being done."""
        self._ended.set()
        self._thread.join()

    def step(self, now: datetime) -> None:
        """Follow the ledger, seal, and once an hour let the days pass; errors as Ledger, Sealer, `pass_days`."""
        service = self._service
        head = service.standing.look().position
        sealer = service.home.sealer
        if sealer is not None and sealer.checkpoint().checkpoint.size < head:
            sealer.seal()
        if self._clock_at is None or now - self._clock_at >= CLOCK_EVERY:
            pass_days(Cases(service.home, Acting(ACTOR, now)))
            self._clock_at = now

    def _run(self) -> None:
        while not self._ended.is_set():
            try:
                self.step(self._service.settings.clock())
                self._service.kept = OK
            except (Unreachable, Overtaken) as error:
                self._service.kept = error.en
            except MingzhangError as error:
                self._service.kept = f"stopped: {error.en}"
                return
            self._ended.wait(EVERY_S)
