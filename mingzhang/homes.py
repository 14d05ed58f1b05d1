"""Opening the home that is named for a command."""

from __future__ import annotations

from pathlib import Path

from ledger.home import Home
from mingzhang.settings import Settings


def named_home(settings: Settings, given: Path | None) -> Home:
    """Open the home that is named, where its ledger stands; errors as `Settings.needed_home` and `Home.open`."""
    home = Home.open(settings.needed_home(given), settings.place, settings.algorithms)
    home.access.command = settings.command
    return home
