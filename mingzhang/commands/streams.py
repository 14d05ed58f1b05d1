"""Commands about the streams: consume, and publish."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from consumers import metrics
from consumers.connection import connection_from
from consumers.consuming import Consumption, Counts, Outlook
from consumers.dead_letters import DeadLetters
from consumers.health import Address, brokers_answer, watched
from consumers.leaving import MonthEnd
from consumers.publishing import Publication
from consumers.sending import Sender
from consumers.stopping import stopped_by_signals
from consumers.stream_intake import StreamIntake
from ledger.home import Home
from mingzhang.console import results, say, write_line
from mingzhang.homes import named_home
from mingzhang.inbox import consume_inbox, say_address
from mingzhang.running import LOOPBACK, HomeOption, HostOption, IdleOption, PortOption, address_of
from mingzhang.settings import Settings, settings_of

app = typer.Typer(add_completion=False)


@app.command()
def consume(
    context: typer.Context,
    home: HomeOption = None,
    inbox: Annotated[
        Path | None,
        typer.Option(help="不用 Kafka：收取各部门放进此文件夹的文件。Without Kafka: files that departments drop here."),
    ] = None,
    until_idle: IdleOption = None,
    metrics_port: PortOption = None,
    metrics_host: HostOption = LOOPBACK,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON。")] = False,
) -> None:
    """从 Kafka 或收件箱收取记录，直到被要求停止。Take records from Kafka's topics, or from an inbox, until stopped."""
    settings = settings_of(context)
    address = address_of(metrics_host, metrics_port)
    if inbox is not None:
        taken = consume_inbox(settings, home, inbox, until_idle, address)
        _show(taken.counts, as_json=as_json)
        if taken.refused:
            raise typer.Exit(1)
        return
    consumption, asked = _consume(settings, home, until_idle, address)
    _show(consumption.counts, as_json=as_json)
    if not asked and any(counts.quarantined for counts in consumption.counts.values()):
        raise typer.Exit(1)


def _consume(
    settings: Settings, home: Path | None, until_idle: float | None, address: Address | None
) -> tuple[Consumption, bool]:
    """Run the loop over the topics; return it, and whether it was asked to stop."""
    connection = connection_from(os.environ)
    _silence_client()
    with named_home(settings, home) as opened:
        registry = metrics.streams()
        probes = {"ledger": opened.ledger.head, "brokers": lambda: brokers_answer(connection.brokers)}
        with stopped_by_signals() as stop, watched(stop, registry, probes, address) as (seen, at):
            say_address(at)
            outlook = Outlook(registry, seen, say, until_idle, _month_end(opened))
            intake = StreamIntake(opened, actor=settings.actor, clock=lambda: datetime.now(UTC))
            consumption = Consumption(connection, intake, DeadLetters(Sender(connection)), outlook)
            say(f"正在收取 {connection.brokers[0]}", f"reading {', '.join(connection.brokers)}")
            consumption.run()
            asked = stop.asked
    return consumption, asked


@app.command()
def publish(
    context: typer.Context,
    home: HomeOption = None,
    until_idle: IdleOption = None,
    metrics_port: PortOption = None,
    metrics_host: HostOption = LOOPBACK,
) -> None:
    """把账本中的筛查与疑点事件发布到 Kafka。Publish the ledger's screenings and case events to Kafka until stopped."""
    settings = settings_of(context)
    connection = connection_from(os.environ)
    _silence_client()
    with named_home(settings, home) as opened:
        registry = metrics.streams()
        probes = {"ledger": opened.ledger.head, "brokers": lambda: brokers_answer(connection.brokers)}
        address = address_of(metrics_host, metrics_port)
        with stopped_by_signals() as stop, watched(stop, registry, probes, address) as (seen, at):
            say_address(at)
            outlook = Outlook(registry, seen, say, until_idle, _month_end(opened))
            publication = Publication(opened, Sender(connection), outlook)
            publication.run()
    write_line(str(publication.sent))


def _month_end(home: Home) -> Callable[[], None]:
    return MonthEnd(home, lambda: datetime.now(UTC), say).look


def _show(counts: dict[str, Counts], *, as_json: bool) -> None:
    if as_json:
        results.print_json(data={name: counts[name].as_dict() for name in sorted(counts)})
        return
    for name in sorted(counts):
        each = counts[name]
        write_line(
            f"{name}: read {each.read} = appended {each.appended} + repeated {each.repeated}"
            f" + amended {each.amended} + quarantined {each.quarantined}"
        )


def _silence_client() -> None:
    """Keep the client's own log, which may quote keys, off the terminal; what matters is told by this program."""
    logging.getLogger("kafka").setLevel(logging.CRITICAL + 1)
