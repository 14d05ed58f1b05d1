"""The `mingzhang` command: its groups put together, and every error mapped to a sentence and an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer
from typer._click import Context, HelpFormatter
from typer.core import TyperCommand, TyperGroup

from domain.errors import MingzhangError, Unreachable
from mingzhang.console import say
from mingzhang.settings import Settings
from mingzhang.summaries import summary

MODULES = {
    "demo": "demo",
    "simulate": "simulate",
    "screen": "screening",
    "ingest": "data",
    "project": "data",
    "register": "register",
    "lake": "lake",
    "consume": "streams",
    "publish": "streams",
    "follow": "follow",
    "serve": "serve",
    "template": "template",
    "policy": "policy",
    "rules": "rules",
    "model": "model",
    "quarantine": "quarantine",
    "verify": "verify",
    "evidence": "evidence",
    "checkpoint": "checkpoint",
    "witness": "checkpoint",
    "lists": "lists",
    "answers": "answers",
    "review": "answers",
    "spot-check": "spot_check",
    "referrals": "referrals",
    "cases": "cases",
    "users": "users",
    "access": "access",
    "vault": "vault",
    "backup": "backup",
    "restore": "backup",
    "doctor": "doctor",
    "migrate": "migrate",
}
"""Every command, in the order of --help, with its module in mingzhang/commands; only the one asked for is imported."""


def command(name: str) -> TyperCommand | TyperGroup | None:
    """Return a command by name; None where there is none."""
    if name not in MODULES:
        return None
    found = typer.main.get_command(import_module(f"mingzhang.commands.{MODULES[name]}").app)
    inside = found.commands.get(name, found) if isinstance(found, TyperGroup) else found
    inside.name = name
    return inside if isinstance(inside, (TyperCommand, TyperGroup)) else None


class Commands(TyperGroup):
    """The commands by name, each imported when it is asked for."""

    def list_commands(self, ctx: object) -> list[str]:
        """Return the names."""
        return list(MODULES)

    def get_command(self, ctx: object, cmd_name: str) -> TyperCommand | TyperGroup | None:
        """Return a command; None where there is none."""
        return command(cmd_name)

    def format_help(self, ctx: Context, formatter: HelpFormatter) -> None:
        """List the commands by their summaries, without importing them."""
        listed = {name: TyperCommand(name, help=summary(module, name)) for name, module in MODULES.items()}
        light = TyperGroup(name=self.name, commands=dict(listed), help=self.help, params=self.params)
        light.format_help(ctx, formatter)


app = typer.Typer(
    name="mingzhang",
    cls=Commands,
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
    context.obj = Settings(
        home, actor or os.environ.get("USER", "operator"), os.environ.get("MINGZHANG_LEDGER") or None,
        context.invoked_subcommand or "", named=bool(actor),
        algorithms=os.environ.get("MINGZHANG_CRYPTO") or None,
    )  # fmt: skip


def main() -> None:
    """Run the command; exit 0 done, 1 something refused, 2 wrong use, 3 integrity broken, 4 a component unreachable."""
    try:
        app()
    except MingzhangError as error:
        say(error.zh, error.en)
        sys.exit(error.exit_code)
    except Exception as error:
        unreachable = _unreachable(error)
        if unreachable is None:
            raise
        say(unreachable.zh, unreachable.en)
        sys.exit(unreachable.exit_code)


def _unreachable(error: Exception) -> Unreachable | None:
    """Return what an error says of disk or memory, None of any other; only a failure is worth loading DuckDB for."""
    if isinstance(error, OSError):
        return Unreachable(f"无法读写：{error}", f"cannot read or write: {error}")
    unwritable: Callable[[Exception], Unreachable | None] = import_module("projections.store").unwritable
    return unwritable(error)
