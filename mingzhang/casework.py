"""What every command of casework begins with: who acts, whether they may, and the cases of the home."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from casework.cases.below import known_below
from casework.cases.store import Acting, Cases, NoSuchList
from casework.users.acting import acting, actor_named
from domain.cases.list_state import ListState
from ledger.home import Home
from mingzhang.settings import Settings, settings_of

HomeOption = Annotated[Path | None, typer.Option("--home", help="账本目录。The home.")]
AsOption = Annotated[str, typer.Option("--as", help="操作人。Who acts.")]
JsonOption = Annotated[bool, typer.Option("--json", help="输出 JSON。JSON.")]
ListArgument = Annotated[str, typer.Argument(metavar="ID", help="清单编号，如 653123-2026-001。The list.")]
SuspicionArgument = Annotated[str, typer.Argument(metavar="ID", help="疑点编号，S 开头。The suspicion.")]


def settings_with(context: typer.Context, actor: str) -> Settings:
    """Return the call's settings; --as behind the subcommand counts like --as before it."""
    return settings_of(context).acting(actor)


def cases_for(home: Home, settings: Settings, action: str, to: str | None = None) -> Cases:
    """Return the cases for who acts now, having checked that they may; Refused."""
    actor = acting(home, settings.actor, action, to, named=settings.named)
    return Cases(home, Acting(actor.name, datetime.now(UTC), person=actor.person))


def cases_on_list(home: Home, settings: Settings, action: str, list_id: str) -> tuple[Cases, ListState]:
    """Return the same for an action on one list, of which a township or office may touch its own, once it is issued.

    NotFound, in the same words where there is none and where it was not issued yet.
    """
    state = Cases(home, Acting(settings.actor, datetime.now(UTC))).one_list(list_id)
    cases = cases_for(home, settings, action, state.receiver)
    if is_below(home, settings) and known_below(state) is None:
        raise NoSuchList(list_id)
    return cases, state


def is_below(home: Home, settings: Settings) -> bool:
    """Say whether who acts is told only what was issued to their township or office; Refused: no such account."""
    return actor_named(home, settings.actor, named=settings.named).bound
