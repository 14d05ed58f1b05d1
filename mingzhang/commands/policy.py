"""Commands about policy: set (a county's own tariffs, windows, working days, thresholds ...) and show."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from domain.errors import Malformed, NotFound
from domain.fact import Envelope
from domain.policy import KINDS
from intake.county import county_of_ledger
from intake.parsing import CHINA
from intake.policy import record_policy
from intake.settings import read_policy
from mingzhang.actors import acting_in
from mingzhang.console import write_line
from mingzhang.homes import named_home
from mingzhang.settings import settings_of
from projections.models import ReadModels
from projections.policy.standing import build_policy

app = typer.Typer(
    help="政策：标准、集中期、工作日、阈值等。Policy: tariffs, windows, working days, thresholds.",
    no_args_is_help=True,
    add_completion=False,
)
HomeOption = Annotated[Path | None, typer.Option("--home", help="账本目录。The home.")]


@app.command(name="set")
def set_policy(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="政策文件，格式同 policy.yaml。A file in the form of policy.yaml.")],
    home: HomeOption = None,
    county: Annotated[str | None, typer.Option(help="县代码（账本已知时可省）。County code.")] = None,
) -> None:
    """收取一份政策文件，每处变化记为事件。Take a policy file: every change becomes an event with who, when and why."""
    settings = settings_of(context)
    if not file.exists():
        raise NotFound(f"找不到 {file}", f"there is nothing at {file}")
    rows = read_policy(file)
    with named_home(settings, home) as opened:
        actor = acting_in(settings, opened, "policy.set").name
        code = county or county_of_ledger(opened.ledger)
        if code is None:
            raise Malformed(
                "账本里还没有数据，请用 --county 指明县", "the ledger knows no county yet: name it with --county"
            )
        now = datetime.now(UTC).astimezone(CHINA).replace(microsecond=0)
        envelope = Envelope("mingzhang", code, now, actor, f"policy-file:{file.name}", uuid.uuid4().hex)
        changed = record_policy(opened.ledger, rows, envelope, actor)
    write_line(f"{changed} / {len(rows)}")


@app.command()
def show(
    context: typer.Context,
    kind: Annotated[str, typer.Argument(help=f"类别：{'、'.join(KINDS)}。Kind of policy.")],
    home: HomeOption = None,
    as_of: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="哪一天有效的。As of which day.")] = None,
) -> None:
    """显示现行政策。Print the rows of a policy table as they stand."""
    if kind not in KINDS:
        raise NotFound(
            f"没有政策类别 {kind}；有：{'、'.join(KINDS)}", f"no kind of policy {kind}; there are: {', '.join(KINDS)}"
        )
    with named_home(settings_of(context), home) as opened, ReadModels(opened.read_models, opened.ledger) as models:
        store = models.connection
        build_policy(store, models.position, (as_of or datetime.now(UTC)).date())
        found = store.execute(f"SELECT * FROM {kind} ORDER BY ALL")
        write_line("\t".join(column[0] for column in found.description or ()))
        for row in found.fetchall():
            write_line("\t".join("" if cell is None else str(cell) for cell in row))
