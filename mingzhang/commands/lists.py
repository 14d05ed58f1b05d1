"""lists: drawing up suspicion lists, approving, issuing, receiving and extending them; their workbooks; reminders."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from casework.cases import issuing, reviewing, workbooks
from casework.cases.careless import Signal
from casework.cases.clock import pass_days
from casework.cases.drawing import draw_lists
from casework.cases.paper_list import list_paper
from casework.cases.paper_report import report_paper
from casework.cases.policy import policy_of
from casework.cases.reviewing import Report
from casework.outputs import replacing
from consumers.leaving import leave, tell_of
from domain.cases.list_state import ListState, due_on
from domain.cases.moves import SUSPICION_LIST
from domain.errors import Malformed, Refused
from ledger.home import Home
from mingzhang.casework import (
    AsOption,
    HomeOption,
    JsonOption,
    ListArgument,
    cases_for,
    cases_on_list,
    is_below,
    settings_with,
)
from mingzhang.commands.lists_shown import careless_looks, line_of, line_of_item, shown, shown_items
from mingzhang.console import results, say, steps, write_line
from mingzhang.homes import named_home
from mingzhang.settings import Settings

app = typer.Typer(
    help="疑点清单：拟定、审批、下发、签收、工作簿。Suspicion lists: draw up, approve, issue, receive, workbooks.",
    no_args_is_help=True,
    add_completion=False,
)
ReasonOption = Annotated[str, typer.Option(help="理由，封存。Why; the text is sealed.")]
DayOption = Annotated[
    datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="日期，缺省为今天。The day; today.")
]


@app.command()
def draw(
    context: typer.Context,
    capacity: Annotated[int | None, typer.Option(min=1, help="每乡镇条数，缺省按政策。Items per township.")] = None,
    home: HomeOption = None,
    actor: AsOption = "",
    as_json: JsonOption = False,
) -> None:
    """按最近一次筛查更新疑点并拟定清单。Let the suspicions follow the newest screening, and draw up lists."""
    settings = settings_with(context, actor)
    with named_home(settings, home) as opened, steps() as shown:
        drawn = draw_lists(cases_for(opened, settings, "lists.draw"), capacity=capacity, step=shown.step)
    if as_json:
        results.print_json(msgspec.json.encode([each._asdict() for each in drawn.lists]).decode())
    else:
        for each in drawn.lists:
            write_line(f"{each.id}\t{each.township}\t{each.addressee}\t{each.items}\t{each.left_out}")
    told = drawn.followed
    say(
        f"新提出 {told.raised}，补充 {told.strengthened}，更正 {told.revised}，重新提出 {told.reopened}，"
        f"撤回 {told.withdrawn}，改列 {told.changed}，本次不能判断 {told.unjudged}；记录整改 {drawn.corrected}",
        f"raised {told.raised}, strengthened {told.strengthened}, revised {told.revised}, reopened {told.reopened}, "
        f"withdrawn {told.withdrawn}, changed kind {told.changed}, not judged {told.unjudged}; "
        f"corrected {drawn.corrected}",
    )


@app.command()
def approve(context: typer.Context, list_id: ListArgument, home: HomeOption = None, actor: AsOption = "") -> None:
    """审批清单（不得是拟定人）。Approve a list that somebody else drew up."""
    settings = settings_with(context, actor)
    with named_home(settings, home) as opened:
        state = issuing.approve(cases_on_list(opened, settings, "lists.approve", list_id)[0], list_id)
    _say(state)


@app.command()
def cancel(
    context: typer.Context, list_id: ListArgument, reason: ReasonOption, home: HomeOption = None, actor: AsOption = ""
) -> None:
    """取消尚未下发的清单。Cancel a list that was not issued."""
    settings = settings_with(context, actor)
    with named_home(settings, home) as opened:
        back = issuing.cancel(cases_on_list(opened, settings, "lists.cancel", list_id)[0], list_id, reason)
    say(f"{list_id} 已取消，{back} 条疑点回到待处理", f"{list_id} is cancelled, {back} suspicions are open again")


@app.command()
def issue(context: typer.Context, list_id: ListArgument, home: HomeOption = None, actor: AsOption = "") -> None:
    """下发清单：先封存证据，再编号下发。Issue a list: its evidence is sealed first, then it is numbered."""
    settings = settings_with(context, actor)
    with named_home(settings, home) as opened:
        state = issuing.issue(cases_on_list(opened, settings, "lists.issue", list_id)[0], list_id)
        ways = leave(opened, f"list {list_id}", lambda: datetime.now(UTC))
    _say(state)
    for way in ways:
        tell_of(way, say)


@app.command()
def receive(
    context: typer.Context,
    list_id: ListArgument,
    day: DayOption = None,
    home: HomeOption = None,
    actor: AsOption = "",
) -> None:
    """签收清单；当日不计，次日起算。Receive a list; the days run from the next day."""
    settings = settings_with(context, actor)
    with named_home(settings, home) as opened:
        cases = cases_on_list(opened, settings, "lists.receive", list_id)[0]
        state = issuing.receive(cases, list_id, day.date() if day else None)
        due = due_on(state, policy_of(opened.ledger, state.county, cases.acting.today).working)
    say(f"{list_id} 已签收，{due} 24 时前反馈", f"{list_id} is received; answer by the end of {due}")


@app.command()
def extend(
    context: typer.Context,
    list_id: ListArgument,
    until: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="新的截止日。The new last day.")],
    reason: ReasonOption,
    home: HomeOption = None,
    actor: AsOption = "",
) -> None:
    """批准延期（不得是拟定人）。Grant a later last day."""
    settings = settings_with(context, actor)
    with named_home(settings, home) as opened:
        cases = cases_on_list(opened, settings, "lists.extend", list_id)[0]
        issuing.extend(cases, list_id, until.date(), reason)
    say(f"{list_id} 延期至 {until.date()}", f"{list_id} is extended to {until.date()}")


@app.command()
def remind(context: typer.Context, home: HomeOption = None, actor: AsOption = "", as_json: JsonOption = False) -> None:
    """到期提醒：满 10 日、14 日和逾期的清单各记一次。Record reminders and overdue lists, each once."""
    settings = settings_with(context, actor)
    with named_home(settings, home) as opened:
        told = pass_days(cases_for(opened, settings, "lists.remind"))
    if as_json:
        results.print_json(msgspec.json.encode([each._asdict() for each in told]).decode())
        return
    for each in told:
        write_line(f"{each.list_id}\t{each.code}\t{each.stage}\t{each.due_on}\t{each.open_items}")


@app.command()
def workbook(
    context: typer.Context,
    list_id: ListArgument,
    out: Annotated[Path, typer.Option(help="文件；分村时为文件夹。The file; a folder with --by-village.")],
    by_village: Annotated[bool, typer.Option("--by-village", help="每村一个文件。One per village.")] = False,
    visits: Annotated[str, typer.Option(help="另写加密入户核查名单，注明理由。Why names are revealed.")] = "",
    home: HomeOption = None,
    actor: AsOption = "",
) -> None:
    """写出清单工作簿（带签名凭据）。Write the list's workbook, with its signed manifest."""
    settings = settings_with(context, actor)
    with named_home(settings, home) as opened:
        cases = cases_on_list(opened, settings, "lists.workbook", list_id)[0]
        if by_village:
            out.mkdir(parents=True, exist_ok=True)
            for village, content in workbooks.by_village(cases, list_id).items():
                _write(out / f"疑点清单-{village or '其他'}.xlsx", content)
        else:
            _write(out, workbooks.workbook(cases, list_id))
        if visits:
            own = cases_on_list(opened, settings, "lists.visits", list_id)[0]
            content, password = workbooks.visits(own, list_id, visits)
            _write((out if by_village else out.parent) / "入户核查名单.xlsx", content)
            say(f"入户核查名单的密码（请另行送达）：{password}", f"password of the list of visits: {password}")
    write_line(str(out))


@app.command()
def paper(
    context: typer.Context,
    list_id: ListArgument,
    out: Annotated[Path, typer.Option(help="文件（.pdf）。The file.")],
    home: HomeOption = None,
    actor: AsOption = "",
) -> None:
    """写出纸质清单（PDF，二维码载明检查点）。Write the list on paper, its checkpoint as a QR code."""
    if out.suffix.lower() != ".pdf":
        raise Malformed(f"纸质清单是 PDF，文件名应以 .pdf 结尾：{out}", f"the list is a PDF, name it so: {out}")
    settings = settings_with(context, actor)
    with named_home(settings, home) as opened:
        cases = cases_on_list(opened, settings, "lists.workbook", list_id)[0]
        _write(out, list_paper(cases, list_id))
    write_line(str(out))


@app.command()
def report_form(
    context: typer.Context,
    list_id: ListArgument,
    out: Annotated[Path, typer.Option(help="文件（.docx 或 .pdf）。The file.")],
    blank: Annotated[bool, typer.Option("--blank", help="空白表，供手填（.pdf）。The blank form.")] = False,
    reason: Annotated[str, typer.Option(help="查阅反馈原文的理由，记入账本。Why answers are read.")] = "",
    home: HomeOption = None,
    actor: AsOption = "",
) -> None:
    """按反馈生成自查自纠报告，供签字盖章。Write the self-check report from the answers, for signing."""
    settings = settings_with(context, actor)
    with named_home(settings, home) as opened:
        action = "lists.workbook" if blank else "reveal"
        cases = cases_on_list(opened, settings, action, list_id)[0]
        why = reason.strip() or f"自查自纠报告 {list_id}"
        _write(out, report_paper(cases, list_id, out.suffix.lower().lstrip("."), why, blank=blank))
    write_line(str(out))


@app.command()
def report(
    context: typer.Context,
    list_id: ListArgument,
    scan: Annotated[Path | None, typer.Option(exists=True, dir_okay=False, help="签字盖章扫描件。The scan.")] = None,
    leader_signed: Annotated[bool, typer.Option("--signed/--not-signed", help="分管领导已签字。Signed.")] = False,
    sealed: Annotated[bool, typer.Option("--sealed/--not-sealed", help="已盖章。Bears the seal.")] = False,
    home: HomeOption = None,
    actor: AsOption = "",
) -> None:
    """报送自查自纠报告（全部疑点反馈之后）。Hand in the self-check report, once every item is answered."""
    settings = settings_with(context, actor)
    content = scan.read_bytes() if scan else None
    with named_home(settings, home) as opened:
        cases = cases_on_list(opened, settings, "answers.report", list_id)[0]
        state = reviewing.hand_in_report(cases, list_id, Report(content, leader_signed, sealed))
    _say(state)


@app.command()
def show(
    context: typer.Context,
    list_id: Annotated[str | None, typer.Argument(metavar="[ID]", help="清单编号；不给则列出全部。The list.")] = None,
    on: DayOption = None,
    home: HomeOption = None,
    actor: AsOption = "",
    as_json: JsonOption = False,
) -> None:
    """查看清单。Show one list with its items, or all lists."""
    settings = settings_with(context, actor)
    looks: tuple[Signal, ...] = ()
    with named_home(settings, home) as opened:
        if list_id is None:
            cases = cases_for(opened, settings, "lists.read")
            lines = [shown(cases, state, _today(on)) for _, state in sorted(cases.lists().items())]
            items = []
        else:
            cases, state = cases_on_list(opened, settings, "lists.read", list_id)
            below = is_below(opened, settings)
            lines, items = [shown(cases, state, _today(on))], shown_items(cases, state, below=below)
            looks = careless_looks(cases, state) if _reviews(opened, settings) else ()
    if as_json:
        careless = [signal._asdict() for signal in looks]
        one = {**msgspec.to_builtins(lines[0]), "lines": items, "careless": careless} if list_id else None
        results.print_json(msgspec.json.encode(one or lines).decode())
        return
    for each in lines:
        write_line(line_of(each))
    for item in items:
        write_line(line_of_item(item))
    for signal in looks:
        write_line(f"敷衍迹象\t{signal.zh}")


def _reviews(home: Home, settings: Settings) -> bool:
    """Whether who asks reviews answers: signs of carelessness are not for those who answer."""
    try:
        cases_for(home, settings, "answers.review")
    except Refused:
        return False
    return True


def _today(on: datetime | None) -> date | None:
    return on.date() if on else None


def _say(state: ListState) -> None:
    words = SUSPICION_LIST.states[state.state]
    number = f"（{state.number}）" if state.number else ""
    say(f"{state.list_id}{number}：{words[0]}", f"{state.list_id}: {words[1]}")


def _write(path: Path, content: bytes) -> None:
    if path.is_dir():
        raise Malformed(f"{path} 是文件夹，应给出文件名", f"{path} is a folder; the name of a file expected")
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as file:
        file.write(content)
