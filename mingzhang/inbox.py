"""Running the loop over an inbox for the command: its home, its signals, its figures, and how it ended."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from consumers.consuming import Counts, Outlook
from consumers.health import Address, watched
from consumers.inbox import figures
from consumers.inbox.loop import Inbox
from consumers.leaving import MonthEnd
from consumers.stopping import stopped_by_signals
from mingzhang.console import say
from mingzhang.homes import named_home
from mingzhang.settings import Settings


class Taken(NamedTuple):
    """What the process did until it ended."""

    counts: dict[str, Counts]
    refused: bool
    """It ended by itself, and something was refused or could not be looked at."""


def consume_inbox(
    settings: Settings, home: Path | None, folder: Path, until_idle: float | None, address: Address | None
) -> Taken:
    """Take files from the inbox until asked to stop, or idle for long; errors as Inbox."""
    with named_home(settings, home) as opened:
        registry, probes = figures.inbox(), {"ledger": opened.ledger.head}
        with stopped_by_signals() as stop, watched(stop, registry, probes, address) as (seen, at):
            say_address(at)
            month_end = MonthEnd(opened, lambda: datetime.now(UTC), say)
            outlook = Outlook(registry, seen, say, until_idle, month_end.look)
            inbox = Inbox(opened, folder, outlook, operator=settings.actor, clock=lambda: datetime.now(UTC))
            say(f"正在收取 {folder}", f"taking from {folder}")
            inbox.run()
            asked = stop.asked
    refused = inbox.refused or inbox.blocked or any(counts.quarantined for counts in inbox.counts.values())
    return Taken(inbox.counts, bool(refused) and not asked)


def say_address(address: Address | None) -> None:
    """Say where the figures are, where they are served."""
    if address is not None:
        where = f"http://{address.host}:{address.port}/metrics"
        say(f"指标在 {where}", f"metrics at {where}")
