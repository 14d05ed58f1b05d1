"""evidence: a pack with all that a suspicion rests on, which anybody can verify offline."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from casework.evidence.chosen import choose
from casework.evidence.pack import Export, write_pack
from mingzhang.actors import acting_in
from mingzhang.console import say
from mingzhang.homes import named_home
from mingzhang.settings import settings_of

app = typer.Typer(add_completion=False)


@app.command()
def evidence(
    context: typer.Context,
    suspicion: Annotated[str, typer.Argument(help="疑点编号（suspicion_id）。The suspicion_id.")],
    run: Annotated[Path, typer.Option(help="筛查结果文件夹。The folder that `screen --out` wrote.")],
    out: Annotated[Path, typer.Option(help="证据包（.zip）。The pack to write.")],
    reason: Annotated[str, typer.Option(help="导出理由和去向，记入账本。Why and for whom; it is recorded.")],
    home: Annotated[Path | None, typer.Option("--home", help="账本目录。The home.")] = None,
) -> None:
    """导出疑点的证据包（脱敏）。Export a suspicion's evidence pack, masked, with proofs."""
    settings = settings_of(context)
    with named_home(settings, home) as opened:
        chosen = choose(opened, run, suspicion)
        export = Export(acting_in(settings, opened, "evidence.export").name, reason, lambda: datetime.now(UTC))
        events = write_pack(opened, chosen, export, out)
    say(f"{out}：{events} 条事件，附证明", f"{out}: {events} events with proofs")
