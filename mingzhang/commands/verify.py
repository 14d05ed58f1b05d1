"""verify: prove to somebody who trusts neither the office nor its administrators that the record is what it was."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from casework.evidence.checking import check_pack
from domain.errors import NotFound, Refused
from ledger.log import Ledger
from ledger.merkle.contents import Contents
from ledger.merkle.given import older_checkpoints, read_key, read_signed
from ledger.merkle.notes import VerifierKey
from ledger.merkle.progress import ProgressFile
from ledger.merkle.sealer import CHECKPOINT, KEY, LOG
from ledger.merkle.sources import BundledEntries, Entries, LedgerEntries
from ledger.merkle.tiles import Tiles
from ledger.merkle.verifying import Named, Proved, Verification
from ledger.sqlite.recorder import FILE
from mingzhang.commands.proof_report import ProofReport, reporting
from mingzhang.commands.proved import say_pack, say_proved, showing_differences
from mingzhang.commands.results_checked import check_results, is_result
from mingzhang.commands.vault_checked import verify_vault
from mingzhang.console import say, steps
from mingzhang.settings import Settings, settings_of

app = typer.Typer(add_completion=False)
What = Annotated[
    Path | None,
    typer.Argument(
        help="证据包（.zip）、筛查结果文件夹，或单独的日志文件夹。"
        "An evidence pack, the folder that a screening wrote, or a log folder by itself."
    ),
]
HomeOption = Annotated[Path | None, typer.Option("--home", help="账本目录或其副本。The home, or a copy of it.")]
KeyOption = Annotated[
    Path | None, typer.Option(help="您早先保存的 key.pub。The key.pub that you kept with the first checkpoint.")
]
SinceOption = Annotated[
    list[str] | None,
    typer.Option(help="早先的检查点：文件、文件夹或二维码内容。An older checkpoint: file, folder or QR text."),
]
CopyOption = Annotated[
    Path | None, typer.Option(help="日志的旧副本，用来指出哪一条。An older copy of the log, to say which event.")
]
ProgressOption = Annotated[
    Path | None,
    typer.Option(help="您自己的进度文件：中断后同一命令接着核对。A file of your own: a killed verify goes on from it."),
]
VaultOption = Annotated[
    bool, typer.Option("--vault", help="改为核对保险库（需密钥，本单位自查）。The vault instead; takes the keys.")
]
ReportOption = Annotated[
    Path | None,
    typer.Option(help="把结果写成一页 A4 报告（PDF），可归档。The result on an A4 page in Chinese, for filing."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="输出 JSON。")]


class Given(NamedTuple):
    """What is to be verified, and by what."""

    log: Path
    key: VerifierKey
    current: Named
    older: list[Named]
    copy: Path | None
    progress: Path | None


@app.command()
def verify(
    context: typer.Context,
    what: What = None,
    home: HomeOption = None,
    key: KeyOption = None,
    since: SinceOption = None,
    copy: CopyOption = None,
    progress: ProgressOption = None,
    vault: VaultOption = False,
    report: ReportOption = None,
    as_json: JsonOption = False,
) -> None:
    """核对账本未被改动。Verify that nothing was changed, inserted, removed, reordered or cut off."""
    settings = settings_of(context)
    if vault:
        if report is not None:
            raise Refused("--report 用于核对账本和证据包，不用于 --vault", "--report is not for --vault")
        verify_vault(settings, home, as_json=as_json)
        return
    subject = what if what is not None else settings.needed_home(home)
    with reporting(report, ProofReport(str(subject), since or (), own_key=key is None)) as page:
        if what is not None and not what.is_dir():
            proved = check_pack(what, page.key(read_key(key)) if key is not None else None)
            page.pack(proved)
            say_pack(proved, own_key=key is None, as_json=as_json)
            return
        result = what if what is not None and is_result(what) else None
        log = what if result is None else None
        folder = log if log is not None else settings.needed_home(home) / LOG
        public = page.key(read_key(key if key is not None else folder / KEY))
        current = Named(str(folder / CHECKPOINT), page.current(read_signed(folder / CHECKPOINT, public)).checkpoint)
        given = Given(folder, public, current, page.older(older_checkpoints(since or (), public)), copy, progress)
        with showing_differences(as_json=as_json):
            whole = _log_alone(given) if log is not None else _ledger(settings, home, given, result)
        page.proved(whole)
        say_proved(whole, public, own_key=key is None, as_json=as_json)


def _log_alone(given: Given) -> Proved:
    """Verify a log that was given by itself, from the entries of its own bundles."""
    return _prove(BundledEntries(Tiles(given.log), given.current.checkpoint.size), None, given)


def _ledger(settings: Settings, home: Path | None, given: Given, result: Path | None) -> Proved:
    """Verify a ledger with its log and the contents that its events name, and the result of a screening of it."""
    folder = settings.needed_home(home)
    if settings.place is None and not (folder / FILE).exists():
        raise NotFound(
            f"{folder} 中没有账本：请核对 --home；账本在 PostgreSQL 中的，请设定 MINGZHANG_LEDGER",
            f"there is no ledger in {folder}: check --home; for one in PostgreSQL set MINGZHANG_LEDGER",
        )
    with Ledger.open(folder, place=settings.place) as ledger:
        contents = Contents(ledger.objects)
        proved = _prove(LedgerEntries(ledger), contents, given)
        if result is not None:
            run = check_results(ledger, result, proved.checkpoint.size)
            at = run.position
            say(f"{result} 与第 {at} 号筛查事件一致", f"{result} is what the screening event {at} says")
    if contents.checked:
        count = len(contents.checked)
        say(f"事件所记的 {count} 份内容（规则、模型、附件）一致", f"{count} contents that events name are whole")
    return proved


def _prove(entries: Entries, contents: Contents | None, given: Given) -> Proved:
    """Verify the log, then compare the events with an older copy of it, entry by entry."""
    own = given.progress
    kept = ProgressFile(own, given.key, lambda: datetime.now(UTC)) if own is not None else None
    proved = _run(Verification(entries, Tiles(given.log), given.current, given.older, kept, contents))
    if given.copy is not None:
        held = Named(str(given.copy), read_signed(given.copy / CHECKPOINT, given.key).checkpoint)
        _run(Verification(entries, Tiles(given.copy), held, ()))
    return proved


def _run(verification: Verification) -> Proved:
    with steps() as shown:
        return verification.run(
            lambda done, total: shown.step("核对事件", "verifying the events", float(done), float(total))
        )
