"""follow: screening while records come, for the page that shows what stands now."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from consumers import metrics
from consumers.consuming import Outlook
from consumers.following import Following
from consumers.health import watched
from consumers.stopping import stopped_by_signals
from mingzhang.console import say, write_line
from mingzhang.homes import named_home
from mingzhang.inbox import say_address
from mingzhang.running import LOOPBACK, HomeOption, HostOption, IdleOption, PortOption, address_of
from mingzhang.settings import settings_of

app = typer.Typer(add_completion=False)


@app.command()
def follow(
    context: typer.Context,
    home: HomeOption = None,
    rule: Annotated[
        list[str] | None, typer.Option(help="只运行这条规则，可多次给出。Run this rule alone; may be given again.")
    ] = None,
    until_idle: IdleOption = None,
    metrics_port: PortOption = None,
    metrics_host: HostOption = LOOPBACK,
) -> None:
    """随到随查：记录一到就运行规则，网页随时可看，不写账本。Run the rules while records come; nothing is recorded."""
    settings = settings_of(context)
    address = address_of(metrics_host, metrics_port)
    with named_home(settings, home) as opened:
        registry, probes = metrics.follow(), {"ledger": opened.ledger.head}
        with stopped_by_signals() as stop, watched(stop, registry, probes, address) as (seen, at):
            say_address(at)
            following = Following(
                opened, Outlook(registry, seen, say, until_idle), lambda: datetime.now(UTC), rule or ()
            )
            say("随到随查，Ctrl-C 停止", "screening while records come; Ctrl-C stops")
            following.run()
            asked = stop.asked
    account = following.account
    if account is not None:
        write_line(f"position {account.position}, as of {account.as_of}, {following.rounds} rounds")
    if following.failed and not asked:
        raise typer.Exit(1)
