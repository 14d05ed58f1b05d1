"""The `mingzhang` command: its groups put together, and every error mapped to a sentence and an exit code."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import duckdb
import typer

from domain.errors import MingzhangError, Unreachable
from mingzhang.commands import data, policy, quarantine, rules, screening
from mingzhang.console import say
from mingzhang.settings import Settings
from projections.store import unwritable

app = typer.Typer(
    name="mingzhang",
    help="明账：征缴审计与风险筛查。Event-sourced audit and risk screening for county fee collection.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def common(
    context: typer.Context,
    home: Annotated[
        Path | None,
        typer.Option(envvar="MINGZHANG_HOME", help="账本、读模型与密钥所在目录。Ledger, read models, keys."),
    ] = None,
    actor: Annotated[str, typer.Option("--as", help="操作人。Who acts.")] = "",
) -> None:
    """Take the settings that hold for every command."""
    context.obj = Settings(home, actor or os.environ.get("USER", "operator"))


data.add_to(app)
screening.add_to(app)
app.add_typer(policy.app, name="policy")
app.add_typer(rules.app, name="rules")
app.add_typer(quarantine.app, name="quarantine")


def main() -> None:
    """Run the command; exit 0 done, 1 something refused, 2 wrong use, 3 integrity broken, 4 a component unreachable."""
    try:
        app()
    except MingzhangError as error:
        say(error.zh, error.en)
        sys.exit(error.exit_code)
    except (OSError, duckdb.Error) as error:
        unreachable = _unreachable(error)
        if unreachable is None:
            raise
        say(unreachable.zh, unreachable.en)
        sys.exit(unreachable.exit_code)


def _unreachable(error: OSError | duckdb.Error) -> Unreachable | None:
    if isinstance(error, OSError):
        return Unreachable(f"无法读写：{error}", f"cannot read or write: {error}")
    return unwritable(error)
