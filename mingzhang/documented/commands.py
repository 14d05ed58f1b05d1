"""docs/generated/commands.md: every command, argument and option with its help, from the command line itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from mingzhang.cli import MODULES, app, command
from mingzhang.documented.markdown import code, table
from mingzhang.documented.markdown import page as page_of

_INTRO = """`mingzhang [--home DIR] [--as USER] COMMAND ...`

`--home` 也可写在命令之后；缺省取环境变量 `MINGZHANG_HOME`。
`--home` may also stand after the command; its default is the variable `MINGZHANG_HOME`.
账本放在 PostgreSQL 时设 `MINGZHANG_LEDGER`。
With the ledger in PostgreSQL, set `MINGZHANG_LEDGER`: [设置 settings](../production.md#设置--settings).

退出码 exit codes: 0 完成 done · 1 完成，但有记录被拒或规则失败 done, but something was refused or a rule failed ·
2 用法不对 wrong use · 3 完整性受损 integrity broken · 4 所需组件不可用 a needed component is unreachable。
过程信息输出到 stderr，结果输出到 stdout 或文件。Messages go to stderr, results to stdout or files."""
_HEAD = ("参数 argument or option", "必填 required", "缺省 default", "说明 meaning")
Command = TyperGroup | TyperCommand


def commands() -> Iterator[tuple[str, Command]]:
    """Yield the name and the command of the program itself and of every command below it, in their order."""
    root = typer.main.get_command(app)
    if isinstance(root, TyperGroup):
        yield "mingzhang", root
    for name in MODULES:
        found = command(name)
        if found is not None:
            yield from _walk(f"mingzhang {name}", found)


def _walk(name: str, found: Command) -> Iterator[tuple[str, Command]]:
    yield name, found
    if isinstance(found, TyperGroup):
        for below, inside in found.commands.items():
            if isinstance(inside, (TyperGroup, TyperCommand)):
                yield from _walk(f"{name} {below}", inside)


def page() -> str:
    """Return the page."""
    return page_of("命令 / Commands", _INTRO, *(_section(name, command) for name, command in commands()))


def parameters(command: Command) -> Iterator[TyperArgument | TyperOption]:
    """Yield the arguments and options of a command, without --help."""
    for parameter in command.params:
        if isinstance(parameter, (TyperArgument, TyperOption)) and parameter.name != "help":
            yield parameter


def _section(name: str, command: Command) -> str:
    rows = [_row(parameter) for parameter in parameters(command)]
    blocks = [f"## {name}", (command.help or "").strip(), table(_HEAD, rows) if rows else ""]
    return "\n\n".join(block for block in blocks if block)


def _row(parameter: TyperArgument | TyperOption) -> tuple[str, ...]:
    if isinstance(parameter, TyperArgument):
        name = (parameter.metavar or (parameter.name or "").upper()).removesuffix("...").strip("[]")
        several = "..." if parameter.nargs == -1 else ""
        return code(name + several), _yes(required=parameter.required), "", parameter.help or ""
    named = " / ".join(code(name) for name in (*parameter.opts, *parameter.secondary_opts))
    variable = f"（环境变量 variable `{parameter.envvar}`）" if isinstance(parameter.envvar, str) else ""
    return named, _yes(required=parameter.required), code(_default(parameter)), (parameter.help or "") + variable


def _yes(*, required: bool) -> str:
    return "是 yes" if required else ""


def _default(parameter: TyperOption) -> str:
    default = parameter.default
    if parameter.is_flag:
        return parameter.opts[0] if default and parameter.secondary_opts else ""
    return str(default) if isinstance(default, (str, int, Path)) else ""
