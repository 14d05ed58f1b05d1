"""Makes a process kill itself (SIGKILL) before or after the n-th call of one step of the order of writing."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from types import ModuleType

Step = tuple[type, str]
"""A class and the name of its method."""


def arm(step: Step, when: str, count: int) -> None:
    """Replace the step by one that kills the process at its `count`-th call; when: before or after."""
    _arm(*step, when, count)


def arm_function(module: ModuleType, name: str, when: str, count: int) -> None:
    """Do the same to a function, as a module knows it."""
    _arm(module, name, when, count)


def _arm(owner: type | ModuleType, name: str, when: str, count: int) -> None:
    original: Callable[..., object] = getattr(owner, name)
    calls = 0

    def dying(*arguments: object, **named: object) -> object:
        nonlocal calls
        calls += 1
        if when == "before" and calls == count:
            os.kill(os.getpid(), signal.SIGKILL)
        result = original(*arguments, **named)
        if when == "after" and calls == count:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(owner, name, dying)
