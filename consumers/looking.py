"""Looking again and again whether something is there to be done, as the processes that send or follow do."""

from __future__ import annotations

import time
from collections.abc import Callable

from consumers import metrics
from consumers.consuming import Outlook
from consumers.patience import Patience
from domain.errors import Unreachable


def look(outlook: Outlook, patience: Patience, attempt: Callable[[], bool], every_s: float) -> None:
    """Attempt until asked to stop, or until nothing came for `outlook.idle_s`; what an attempt raises ends it.

    `attempt` says whether anything came; where nothing did, `every_s` seconds pass before the next.
    """
    came_at = time.monotonic()
    while not outlook.stop.asked:
        if attempt():
            came_at = time.monotonic()
        elif outlook.idle_s is not None and not patience.failing and time.monotonic() - came_at >= outlook.idle_s:
            return
        else:
            outlook.stop.wait(every_s)


def wait_out(outlook: Outlook, patience: Patience, error: Unreachable) -> None:
    """Say the first time that something does not answer, and wait longer each time; raise it where patience ends."""
    if not patience.failing:
        outlook.tell(error.zh, error.en)
    outlook.registry.set(metrics.WAITING, 1)
    outlook.stop.wait(patience.wait_after(error))
