"""What all requests of one application share: the home, the standing of its cases, sessions, figures."""

from __future__ import annotations

import threading

from anyio import CapacityLimiter

from consumers.metrics import Registry
from ledger.home import Home
from web.cases.live import Live
from web.cases.places import Places
from web.cases.policies import Policies
from web.cases.screened import Screened
from web.cases.standing import Standing
from web.cases.table import SuspicionTable
from web.cases.worded import Worded
from web.county.reckoned import Reckoned
from web.county.reconciled import Months
from web.duties.standing import Duties
from web.frame.attempts import Attempts
from web.frame.facts import Facts
from web.frame.figures import FIGURES
from web.frame.marks import Marks
from web.frame.opening import Openings
from web.frame.provider import Provider
from web.frame.sessions import Sessions
from web.frame.settings import WebSettings
from web.methods.standing import Rules
from web.work.works import Works

HASHING_AT_ONCE = 2
"""Passwords looked at together: each takes 64 MiB."""


class Service:
    """One home as pages see it; safe for threads."""

    def __init__(self, home: Home, settings: WebSettings) -> None:
        self.home, self.settings = home, settings
        self.standing = Standing(home.ledger)
        self.places = Places(home.ledger, self.standing)
        self.table = SuspicionTable(self.standing, self.places)
        self.policies = Policies(home.ledger, self.standing)
        self.screened = Screened(home, self.standing)
        self.live = Live(home, self.screened)
        self.facts = Facts(home)
        self.reckoned = Reckoned(self.facts)
        self.months = Months(self.facts)
        self.duties = Duties(home, self.facts)
        self.rules = Rules(home)
        self.worded = Worded(home, self.facts, self.standing, settings.clock)
        self.work = Works(home, settings.clock)
        self.sessions = Sessions(home, settings.idle, secure=settings.secure)
        self.attempts = Attempts(settings.attempts, settings.attempts_within)
        self.openings = Openings(home.keys)
        self.leavings = Marks(home.keys, b"signing in")
        self.provider = Provider(settings.provider) if settings.provider is not None else None
        self.hashing = threading.BoundedSemaphore(HASHING_AT_ONCE)
        self.entering = CapacityLimiter(HASHING_AT_ONCE)
        """Threads for signing in, beside those that answer everything else."""
        self.models = threading.Lock()
        """Held by what opens the read models, so that this process has them once."""
        self.intake = threading.Lock()
        """Held by who takes records in: one after the other, each reads what the one before left."""
        self.kept = "ok"
        """How what runs beside the requests fares: ok, or what it waits for or stopped at."""
        self.registry = Registry(FIGURES)
