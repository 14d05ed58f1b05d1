"""What holds for every command: the home, where its ledger stands, and who acts."""

from __future__ import annotations

from pathlib import Path

import typer

from domain.errors import Refused


class Settings:
    """The settings of one call of the command."""

    def __init__(
        self, home: Path | None, actor: str, place: str | None = None, command: str = "", *, named: bool = True,
        algorithms: str | None = None,
    ) -> None:  # fmt: skip
        self.home, self.actor = home, actor
        self.named = named
        """Whether --as said who acts; else the actor is the name that the machine knows."""
        self.place = place
        """The address of the PostgreSQL database with ledger and vault; None where they are files in the home."""
        self.command = command
        """The command that was called, as access events name it."""
        self.algorithms = algorithms
        """Those that a home which is made gets (ledger/algorithms.py); None: the international ones."""

    def needed_home(self, given: Path | None) -> Path:
        """Return the home; Refused where none was named."""
        home = given or self.home
        if home is None:
            raise Refused("请用 --home 或 MINGZHANG_HOME 指明账本目录", "name the home with --home or MINGZHANG_HOME")
        return home


def settings_of(context: typer.Context) -> Settings:
    """Return the settings that the callback made."""
    found = context.find_object(Settings)
    return found if found is not None else Settings(None, "operator", named=False)
