"""What a serving process does beside answering: it follows the ledger, seals, lets days pass, and keeps words ready."""

from __future__ import annotations

import threading
from contextlib import suppress
from datetime import datetime, timedelta

from casework.cases.clock import pass_days
from casework.cases.store import Acting, Cases
from casework.overtaken import Overtaken
from domain.errors import Broken, Malformed, MingzhangError, NotFound, Refused, Unreachable
from web.frame.guard import log_failure
from web.frame.service import Service

EVERY_S = 1.0
CLOCK_EVERY = timedelta(hours=1)
ACTOR, READER = "clock", "serve"
"""Who lets days pass, and who has read the words of lists before anybody opens them."""
OK = "ok"


class Keeper:
    """The thread of it. It waits for a component that is away, and stops at anything else, which /healthz shows."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="keeper", daemon=True)
        self._clock_at: datetime | None = None
        self._tried: set[str] = set()

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End after what is being done."""
        self._ended.set()
        self._thread.join()

    def step(self, now: datetime) -> None:
        """Follow the ledger, seal; hourly let days pass and clear old work. Errors as Ledger, Sealer, `pass_days`."""
        service = self._service
        head = service.standing.look().position
        sealer = service.home.sealer
        if sealer is not None and sealer.checkpoint().checkpoint.size < head:
            sealer.seal()
        if self._clock_at is None or now - self._clock_at >= CLOCK_EVERY:
            pass_days(Cases(service.home, Acting(ACTOR, now)))
            service.work.clear()
            self._clock_at = now

    def ready_one(self) -> None:
        """Read the words of one open list that nobody has opened yet, so that its first form comes as fast as others.

        What cannot be read is left to who opens it, and said there. Unreachable.
        """
        service = self._service
        for state in service.standing.look().lists.values():
            if not state.open or state.list_id in self._tried or service.worded.knows(state.list_id):
                continue
            self._tried.add(state.list_id)
            with suppress(Refused, NotFound, Malformed, Broken):
                service.worded.of_list(state.list_id, READER)
            return

    def _run(self) -> None:
        while not self._ended.is_set():
            try:
                self.step(self._service.settings.clock())
                self.ready_one()
                self._service.kept = OK
            except (Unreachable, Overtaken) as error:
                self._service.kept = error.en
            except MingzhangError as error:
                self._service.kept = f"stopped: {error.en}"
                return
            except Exception as error:
                # A thread that ended unseen would let no day pass and seal nothing, while everything looks well.
                self._service.kept = f"stopped: {type(error).__name__}"
                log_failure(error)
                return
            self._ended.wait(EVERY_S)
