"""What holds for every command: the home, where its ledger stands, and who acts."""

from __future__ import annotations

from pathlib import Path

import msgspec
import typer

from domain.errors import Refused


class Settings(msgspec.Struct, frozen=True):
    """The settings of one call of the command."""

    home: Path | None
    actor: str
    place: str | None = None
    """The address of the PostgreSQL database with ledger and vault; None where they are files in the home."""
    command: str = ""
    """The command that was called, as access events name it."""
    named: bool = True
    """Whether --as said who acts; else the actor is the name that the machine knows."""
    algorithms: str | None = None
    """Those that a home which is made gets (ledger/algorithms.py); None: the international ones."""

    def acting(self, actor: str) -> Settings:
        """Return the same settings for whom --as names; as they are where it names nobody."""
        return msgspec.structs.replace(self, actor=actor, named=True) if actor else self

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
