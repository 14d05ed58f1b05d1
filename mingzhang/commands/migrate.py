"""Moving a home's ledger and vault from its files into PostgreSQL, or back."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from domain.errors import Malformed, NotFound, Refused
from ledger.home import mark, unmark
from ledger.keys import open_or_create
from ledger.log import WAIT_SECONDS
from ledger.moving import Moved, Side, move
from ledger.places import what_stands
from ledger.postgres.side import PostgresSide
from ledger.sqlite.recorder import FILE
from ledger.sqlite.side import SqliteSide
from ledger.sqlite.vault_store import FILE as VAULT_FILE
from ledger.vault import Vault
from mingzhang.console import results, say, steps, write_line
from mingzhang.settings import settings_of

app = typer.Typer(
    help="迁移账本与保险库。Move ledger and vault to another database.", no_args_is_help=True, add_completion=False
)
HomeOption = Annotated[Path | None, typer.Option("--home", help="账本目录。The home.")]


class Where(StrEnum):
    """Where a ledger can stand."""

    SQLITE = "sqlite"
    POSTGRESQL = "postgresql"


@app.callback()
def group() -> None:
    """迁移账本与保险库。Move ledger and vault to another database."""


@app.command()
def ledger(
    context: typer.Context,
    source: Annotated[Where, typer.Option("--from", help="从哪里。From where.")],
    target: Annotated[Where, typer.Option("--to", help="到哪里（须为空）。To where; it must be empty.")],
    home: HomeOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON。")] = False,
) -> None:
    """迁移账本与保险库并证明两边一致。Move ledger and vault; counts and SHA-256 of both sides prove it.

    次序、编号与位置不变；数据库地址取自 MINGZHANG_LEDGER；迁移后原处停用，拒绝写入。
    Order, ids and positions are kept; MINGZHANG_LEDGER names the database; the source is closed and refuses writers.
    """
    settings = settings_of(context)
    folder = settings.needed_home(home)
    if source is target:
        raise Malformed("--from 与 --to 相同", "--from and --to are the same")
    if settings.place is None:
        raise Refused("请用 MINGZHANG_LEDGER 指明数据库", "name the database with MINGZHANG_LEDGER")
    _check_source(folder, settings.place, source)
    identity = _identity(folder, settings.place if source is Where.POSTGRESQL else None)
    with steps() as shown:
        moved = move(
            _side(folder, settings.place, source),
            _side(folder, settings.place, target),
            lambda: mark(folder, identity) if target is Where.POSTGRESQL else unmark(folder),
            lambda table, rows: shown.step("迁移", f"moving {table}", rows),
        )
    _show(moved, source, target, as_json=as_json)


def _check_source(folder: Path, place: str, source: Where) -> None:
    files = [folder / FILE, folder / VAULT_FILE]
    missing = [str(file) for file in files if not file.exists()]
    if source is Where.SQLITE and missing:
        raise NotFound(
            f"找不到要迁出的 {missing[0]}：请核对 --home", f"there is no {missing[0]} to move: check --home"
        )
    if source is Where.POSTGRESQL and what_stands(place) is None:
        raise NotFound(
            "MINGZHANG_LEDGER 指明的数据库中没有账本：请核对地址",
            "no ledger stands in the database that MINGZHANG_LEDGER names: check the address",
        )


def _identity(folder: Path, place: str | None) -> str:
    """Return the identity of the source's vault, whose keys must stand in the home."""
    vault = Vault.open(folder, open_or_create(folder, lambda: str(folder)), place=place)
    vault.close()
    return vault.identity


def _side(folder: Path, place: str, where: Where) -> Side:
    return SqliteSide(folder, WAIT_SECONDS) if where is Where.SQLITE else PostgresSide(place, WAIT_SECONDS)


def _show(moved: list[Moved], source: Where, target: Where, *, as_json: bool) -> None:
    if as_json:
        results.print_json(data=[each._asdict() for each in moved])
        return
    for each in moved:
        for where in (source, target):
            write_line(f"{each.table}\t{where}\t{each.rows}\t{each.sha256}")
    if target is Where.POSTGRESQL:
        say("完成；今后须设置 MINGZHANG_LEDGER", "done; from now on set MINGZHANG_LEDGER")
    else:
        say("完成；今后不要设置 MINGZHANG_LEDGER", "done; from now on leave MINGZHANG_LEDGER unset")
