"""Commands about the anomaly model: train, show, compare, drift, evaluate."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import typer

from casework.kept_models import kept_models, named
from casework.model_reports import compare as compare_models
from casework.model_reports import subject_reports
from casework.model_world import AtHand, at_hand, in_use
from casework.models import SEED, TooLittleToTrain, keep, loaded, trained
from domain.errors import NotFound
from ledger.home import Home
from mingzhang.commands.model_evaluate import evaluate
from mingzhang.commands.model_texts import card_text, comparison_text, drift_text, subject_text
from mingzhang.console import say, steps, write_line
from mingzhang.days import as_of_day
from mingzhang.homes import named_home
from mingzhang.settings import Settings, settings_of
from risk.anomaly.drift import drift as drift_of
from risk.anomaly.learning.heard import heard
from risk.anomaly.rows import enough

app = typer.Typer(
    help="异常模型：训练、查看、比较、漂移、评估。The anomaly model: train, show, compare, drift, evaluate.",
    no_args_is_help=True,
    add_completion=False,
)
app.command()(evaluate)
Language = Literal["zh", "en"]
HomeOption = Annotated[Path | None, typer.Option("--home", help="账本目录。The home.")]
ModelArgument = Annotated[
    str | None, typer.Argument(metavar="[ID]", help="模型编号；不给则最近的。A model, or the latest.")
]
AsOfOption = Annotated[str | None, typer.Option(help="“今天”，YYYY-MM-DD。Today, for the features.")]
LanguageOption = Annotated[Language, typer.Option("--language", "-l", help="zh | en")]
JsonOption = Annotated[bool, typer.Option("--json", help="输出 JSON。")]


@app.command()
def train(
    context: typer.Context,
    home: HomeOption = None,
    seed: Annotated[int, typer.Option(help="随机种子。Seed.")] = SEED,
    as_of: AsOfOption = None,
    position: Annotated[int | None, typer.Option(min=0, help="账本位置。Ledger position.")] = None,
    language: LanguageOption = "zh",
    as_json: JsonOption = False,
) -> None:
    """用账本中的数据和核查结论训练并保存；训练记为事件。Train on ledger and outcomes; keep it, record the event."""
    settings = settings_of(context)
    with _opened(settings, home, as_of, position) as (opened, hand):
        told = heard(hand.engine.connection, hand.position, hand.as_of)
        if told.later:
            say(
                f"{told.later} 条核查结论认定于 {hand.as_of} 之后，未用；要用就把 --as-of 定在其后",
                f"{told.later} outcomes were decided after {hand.as_of} and are not used; a later --as-of uses them",
            )
        used = trained(hand.rows, hand.known.values(), hand.position, hand.as_of, seed, told)
        if used is None:
            raise TooLittleToTrain(max((int(enough(rows).sum()) for rows in hand.rows.values()), default=0))
        if not keep(opened, used, settings.actor, datetime.now(UTC)):
            say(f"{used.id} 已在账本中，未重复保存", f"{used.id} is in the ledger already; nothing was added")
    write_line(_json({"model": used.id, "card": used.card}) if as_json else card_text(used.id, used.card, language))


@app.command()
def show(
    context: typer.Context,
    model: ModelArgument = None,
    subject: Annotated[str | None, typer.Option(help="对象：编号，或 类型:编号。Subject id, or type:id.")] = None,
    home: HomeOption = None,
    as_of: AsOfOption = None,
    language: LanguageOption = "zh",
    as_json: JsonOption = False,
) -> None:
    """显示模型的说明；用 --subject 显示某对象为何异常。A model's card; with --subject why somebody stands out."""
    settings = settings_of(context)
    if subject is None:
        _show_card(settings, home, model, language, as_json=as_json)
        return
    with _opened(settings, home, as_of, None) as (opened, hand):
        reports = subject_reports(hand, in_use(opened, hand, model), subject)
    if not reports:
        raise NotFound(
            f"{subject}：数据不足，没有可比较的记录", f"{subject}: too little data, there is no record to compare"
        )
    for report in reports:
        write_line(_json(report) if as_json else subject_text(report, language))


@app.command()
def compare(
    context: typer.Context,
    first: Annotated[str, typer.Argument(metavar="ID", help="模型编号。A model.")],
    second: Annotated[
        str | None, typer.Argument(metavar="[OTHER]", help="另一模型；不给则最近的。Another, or the latest.")
    ] = None,
    home: HomeOption = None,
    as_of: AsOfOption = None,
    language: LanguageOption = "zh",
    as_json: JsonOption = False,
) -> None:
    """比较两个模型对现有数据的看法。How far two models agree about today's data."""
    with _opened(settings_of(context), home, as_of, None) as (opened, hand):
        one, other = loaded(opened, named(opened, first), hand.rows), in_use(opened, hand, second)
        found = compare_models(one, other)
    write_line(_json(found) if as_json else comparison_text(found, language))


@app.command()
def drift(
    context: typer.Context,
    model: ModelArgument = None,
    home: HomeOption = None,
    as_of: AsOfOption = None,
    language: LanguageOption = "zh",
    as_json: JsonOption = False,
) -> None:
    """现有数据与训练时相比变了多少。How far features and scores have moved since the model's training."""
    with _opened(settings_of(context), home, as_of, None) as (opened, hand):
        used = in_use(opened, hand, model)
        found = drift_of(used.card, hand.rows, used.scored)
    write_line(_json({"model": used.id, "moved": found}) if as_json else drift_text(used, found, language))


def _show_card(settings: Settings, home: Path | None, name: str | None, language: Language, *, as_json: bool) -> None:
    with named_home(settings, home) as opened:
        kept = [named(opened, name)] if name is not None else kept_models(opened)[-1:]
    if not kept:
        raise NotFound(
            "这个账本还没有模型：用 mingzhang model train 训练", "no model yet: train one with mingzhang model train"
        )
    event = kept[0].event
    write_line(
        _json({"model": event.model, "object": event.object, "card": event.card})
        if as_json
        else card_text(event.model, event.card, language)
    )


@contextmanager
def _opened(
    settings: Settings, home: Path | None, as_of: str | None, position: int | None
) -> Iterator[tuple[Home, AtHand]]:
    """Open the home and everybody's rows in it."""
    day = as_of_day(as_of)
    with named_home(settings, home) as opened, steps() as shown:
        shown.step("计算特征", "computing the features")
        with at_hand(opened, position, day) as hand:
            yield opened, hand


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
