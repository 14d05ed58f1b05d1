"""The command template: the empty workbook of a record type."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from domain.contract import RECORD_TYPES
from domain.errors import NotFound
from intake.template import write_template
from mingzhang.console import write_line

app = typer.Typer(add_completion=False)


@app.command()
def template(
    record_type: Annotated[str, typer.Argument(metavar="TYPE", help="记录类型，如 cash-receipts。Record type.")],
    out: Annotated[Path | None, typer.Option(help="文件名。Where to write; default <TYPE>.xlsx.")] = None,
) -> None:
    """生成可填写的空白表格。Write the empty workbook of a record type, with drop-downs and notes."""
    if record_type not in RECORD_TYPES:
        raise NotFound(
            f"没有记录类型 {record_type}；有：{'、'.join(RECORD_TYPES)}",
            f"no record type {record_type}; there are: {', '.join(RECORD_TYPES)}",
        )
    path = out or Path(f"{record_type}.xlsx")
    write_template(RECORD_TYPES[record_type], path)
    write_line(str(path))
