"""Opening a home that is named, for every command."""

from __future__ import annotations

from pathlib import Path

from ledger.home import Home
from mingzhang.settings import Settings


def named_home(settings: Settings, given: Path | None) -> Home:
    """Open the home that is named, where its ledger stands; errors as `Settings.needed_home` and `Home.open`."""
    home = home_at(settings.needed_home(given), settings.place, settings.algorithms)
    home.access.command = settings.command
    return home


def home_at(folder: Path, place: str | None = None, algorithms: str | None = None) -> Home:
    """Open the home in a folder, with its ledger at `place`; errors as `Home.open`, which nothing else here calls."""
    return Home.open(folder, place, algorithms)
