"""spot-check: drawing a sample that anyone can draw again, recording what was found, and what that says of the rest."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from casework.cases import spot_checking
from casework.cases.roster_frame import roster_of
from casework.cases.spot_checking import ANSWERS, ROSTER, Record
from casework.cases.store import Cases
from casework.outputs import replacing
from casework.sampling.frame import Frame
from casework.sampling.ways import WAYS, plan_for
from domain.cases.moves import SPOT_CHECK
from domain.errors import Malformed, Refused
from domain.money import fen_of, yuan
from intake.county import county_of_ledger
from mingzhang.casework import AsOption, HomeOption, JsonOption, cases_for, settings_with
from mingzhang.console import results, say, write_line
from mingzhang.homes import named_home

app = typer.Typer(
    help="抽查：公开抽样、记录结果、推断。Spot checks: draw in public, record, evaluate.",
    no_args_is_help=True,
    add_completion=False,
)
IdArgument = Annotated[str, typer.Argument(metavar="ID", help="抽查编号，如 653123-2026-C01。The spot check.")]
OutOption = Annotated[Path | None, typer.Option(help="文件夹：抽样框、检查点，供任何人重抽。Frame and checkpoint.")]


@app.command()
def draw(
    context: typer.Context,
    size: Annotated[int, typer.Option(min=1, help="抽几条。How many.")],
    method: Annotated[str, typer.Option(help=f"方法：{'、'.join(WAYS)}。The method.")] = "simple",
    roster: Annotated[str, typer.Option(help="改从应缴名册抽：费种/年度，如 resident-medical/2026。A roster.")] = "",
    county: Annotated[str | None, typer.Option(help="县代码（只有一县时可省）。County code.")] = None,
    out: OutOption = None,
    home: HomeOption = None,
    actor: AsOption = "",
    as_json: JsonOption = False,
) -> None:
    """固定抽样框，封存后以检查点为公开种子抽取。Fix the frame, seal, and draw with the checkpoint as public seed."""
    settings = settings_with(context, actor)
    plan = plan_for(method, size)
    with named_home(settings, home) as opened:
        cases = cases_for(opened, settings, "spot-check.draw")
        code = county or county_of_ledger(opened.ledger)
        if code is None:
            raise Refused("账本里还没有数据，请用 --county 指明县", "the ledger knows no county yet: use --county")
        frame = roster_of(cases, roster) if roster else spot_checking.answers_frame(cases, code)
        identifier = spot_checking.fix_frame(cases, code, frame, plan, ROSTER if roster else ANSWERS)
        sample = spot_checking.draw_sample(cases, identifier)
        if out is not None:
            _write_frame(cases, identifier, frame, out)
    if as_json:
        told = {"id": identifier, "frame": frame.sha256, "seed": sample.seed, "items": sample.drawn}
        results.print_json(msgspec.json.encode(told).decode())
        return
    write_line(f"{identifier}\tframe {frame.sha256}\tseed {sample.seed}")
    for each in sample.drawn:
        write_line(f"{each.id}\t{yuan(each.amount_fen)}\t{each.probability:.6f}")


def _write_frame(cases: Cases, identifier: str, frame: Frame, out: Path) -> None:
    """Write what anyone needs to draw again."""
    out.mkdir(parents=True, exist_ok=True)
    state = spot_checking.needed(cases, identifier)
    files = {"frame.tsv": frame.content, "checkpoint": state.checkpoint.encode(), "plan.json": state.plan.encode()}
    for name, content in files.items():
        with replacing(out / name) as file:
            file.write(content)


@app.command()
def record(
    context: typer.Context,
    identifier: IdArgument,
    item: Annotated[str, typer.Argument(help="抽中的疑点编号。The drawn item.")],
    outcome: Annotated[str, typer.Option(help="confirmed、partly、cleared 或 unverifiable。What was found.")],
    amount: Annotated[str, typer.Option(help="查明有问题的金额（元）。Wrong money, yuan.")] = "0",
    on: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="核查日期，缺省今天。The day.")] = None,
    note: Annotated[str, typer.Option(help="说明，封存。Note; sealed.")] = "",
    home: HomeOption = None,
    actor: AsOption = "",
) -> None:
    """记录一条抽查结果；与答复不符的即为推翻。Record what was found; what differs overturns the answer."""
    settings = settings_with(context, actor)
    fen = fen_of(amount)
    if fen is None or fen < 0:
        raise Malformed(f"金额应为不小于零的数，收到 {amount!r}", f"an amount of 0 or more expected, found {amount!r}")
    with named_home(settings, home) as opened:
        cases = cases_for(opened, settings, "spot-check.record")
        found = Record(outcome, fen, on.date() if on else cases.acting.today, note)
        overturned = spot_checking.record(cases, identifier, item, found)
    if overturned:
        say(f"{item}：抽查推翻了答复", f"{item}: the answer is overturned")
    else:
        say(f"{item}：已记录", f"{item}: recorded")


@app.command()
def evaluate(
    context: typer.Context,
    identifier: IdArgument,
    confidence: Annotated[float, typer.Option(help="单侧置信度。One-sided confidence.")] = spot_checking.CONFIDENCE,
    home: HomeOption = None,
    actor: AsOption = "",
    as_json: JsonOption = False,
) -> None:
    """由样本推断全部反馈：错误率、金额及其上限。What the sample says of all answers, with bounds."""
    settings = settings_with(context, actor)
    with named_home(settings, home) as opened:
        told = spot_checking.evaluate(cases_for(opened, settings, "spot-check.evaluate"), identifier, confidence)
    if as_json:
        results.print_json(msgspec.json.encode(told).decode())
        return
    rate = "-" if told.rate is None else f"{told.rate:.1%} ({told.rate_low:.1%} – {told.rate_high:.1%})"
    write_line(
        f"{identifier}\tlooked at {told.looked_at}\twrong {told.wrong}\trate {rate}"
        f"\tamount {yuan(told.amount_fen)} (<= {yuan(told.amount_high_fen)})\tconfidence {told.confidence:g}"
    )


@app.command()
def show(
    context: typer.Context,
    identifier: Annotated[str | None, typer.Argument(metavar="[ID]", help="抽查编号；不给则列出全部。")] = None,
    home: HomeOption = None,
    actor: AsOption = "",
    as_json: JsonOption = False,
) -> None:
    """查看抽查及其结果。Show one spot check with its results, or all."""
    settings = settings_with(context, actor)
    with named_home(settings, home) as opened:
        cases = cases_for(opened, settings, "lists.read")
        states = [spot_checking.needed(cases, identifier)] if identifier else list(cases.spot_checks().values())
    if as_json:
        results.print_json(msgspec.json.encode(states).decode())
        return
    for state in states:
        words = SPOT_CHECK.states[state.state]
        write_line(f"{state.id}\t{state.kind}\t{state.plan}\t{words[0]}\t{len(state.results())}/{len(state.items)}")
        for item in state.items if identifier else ():
            result = state.results().get(item.id)
            write_line(f"{item.id}\t{item.probability:.6f}\t{result.outcome if result else '-'}")
