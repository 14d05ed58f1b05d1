"""verify: prove to somebody who trusts neither the office nor its administrators that the record is what it was."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from casework.evidence.checking import check_pack
from domain.errors import NotFound
from ledger.log import Ledger
from ledger.merkle.given import older_checkpoints, read_key, read_signed
from ledger.merkle.notes import VerifierKey
from ledger.merkle.sealer import CHECKPOINT, KEY, LOG
from ledger.merkle.sources import BundledEntries, Entries, LedgerEntries
from ledger.merkle.tiles import Tiles
from ledger.merkle.verifying import Named, Proved, Verification
from ledger.sqlite.recorder import FILE
from mingzhang.commands.proved import say_pack, say_proved, showing_differences
from mingzhang.commands.vault_checked import verify_vault
from mingzhang.console import steps
from mingzhang.settings import Settings, settings_of

app = typer.Typer(add_completion=False)


@app.command()
def verify(
    context: typer.Context,
    what: Annotated[
        Path | None,
        typer.Argument(help="证据包（.zip）或单独的日志文件夹。An evidence pack, or a log folder by itself."),
    ] = None,
    home: Annotated[Path | None, typer.Option("--home", help="账本目录或其副本。The home, or a copy of it.")] = None,
    key: Annotated[
        Path | None, typer.Option(help="您早先保存的 key.pub。The key.pub that you kept with the first checkpoint.")
    ] = None,
    since: Annotated[
        list[str] | None,
        typer.Option(help="早先的检查点：文件、文件夹或二维码内容。An older checkpoint: file, folder or QR text."),
    ] = None,
    copy: Annotated[
        Path | None, typer.Option(help="日志的旧副本，用来指出哪一条。An older copy of the log, to say which event.")
    ] = None,
    vault: Annotated[
        bool, typer.Option("--vault", help="改为核对保险库（需密钥，本单位自查）。The vault instead; takes the keys.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON。")] = False,
) -> None:
    """核对账本未被改动。Verify that nothing was changed, inserted, removed, reordered or cut off."""
    settings = settings_of(context)
    if vault:
        verify_vault(settings, home, as_json=as_json)
        return
    if what is not None and not what.is_dir():
        say_pack(check_pack(what, read_key(key) if key is not None else None), own_key=key is None, as_json=as_json)
        return
    folder = what if what is not None else settings.needed_home(home) / LOG
    public = read_key(key if key is not None else folder / KEY)
    current = Named(str(folder / CHECKPOINT), read_signed(folder / CHECKPOINT, public).checkpoint)
    older = older_checkpoints(since or (), public)
    entries = _entries(settings, what, home, current)
    with showing_differences(as_json=as_json):
        proved = _prove(entries, Verification(entries, Tiles(folder), current, older), copy, public)
    say_proved(proved, public, own_key=key is None, as_json=as_json)


def _entries(settings: Settings, log: Path | None, home: Path | None, current: Named) -> Entries:
    """Return where the events are: the ledger, or the bundles of a log that was given alone."""
    if log is not None:
        return BundledEntries(Tiles(log), current.checkpoint.size)
    folder = settings.needed_home(home)
    if settings.place is None and not (folder / FILE).exists():
        raise NotFound(f"{folder} 中没有账本", f"there is no ledger in {folder}")
    return LedgerEntries(Ledger.open(folder, place=settings.place))


def _run(verification: Verification) -> Proved:
    with steps() as shown:
        return verification.run(
            lambda done, total: shown.step("核对事件", "verifying the events", float(done), float(total))
        )


def _prove(entries: Entries, verification: Verification, copy: Path | None, public: VerifierKey) -> Proved:
    """Verify the log, then compare the events with an older copy of it, entry by entry."""
    proved = _run(verification)
    if copy is not None:
        held = Named(str(copy), read_signed(copy / CHECKPOINT, public).checkpoint)
        _run(Verification(entries, Tiles(copy), held, ()))
    return proved
