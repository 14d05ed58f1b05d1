"""backup and restore: a copy that is whole while others work, and a home from it that is verified before use."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from casework.persons import erase_again
from domain.errors import Refused
from ledger.backed_up import BackedUp, note_backup
from ledger.backup import back_up, bring_back
from ledger.home import Home
from ledger.merkle.checkpoint import read_checkpoint
from ledger.merkle.given import older_checkpoints, read_key, read_signed
from ledger.merkle.sealer import CHECKPOINT, KEY, LOG
from ledger.merkle.sources import LedgerEntries
from ledger.merkle.tiles import Tiles
from ledger.merkle.verifying import Named, Verification
from mingzhang.commands.proved import say_proved
from mingzhang.console import say, steps
from mingzhang.settings import settings_of

app = typer.Typer(add_completion=False)


@app.command()
def backup(
    context: typer.Context,
    to: Annotated[Path, typer.Option(help="备份写到的新文件夹。A new folder for the backup.")],
    home: Annotated[Path | None, typer.Option("--home", help="账本目录。The home.")] = None,
    with_keys: Annotated[
        bool, typer.Option("--with-keys", help="连密钥一起（请存放在别处）。The keys too; better kept elsewhere.")
    ] = False,
) -> None:
    """备份账本（运行中也可）。Back up a home, also while others write."""
    settings = settings_of(context)
    if settings.place is not None:
        raise Refused(
            "账本在 PostgreSQL 中：请按 docs/production.md 用 pg_dump 备份数据库，并备份 home 中的 keys、objects、log",
            "the ledger stands in PostgreSQL: back up the database with pg_dump and keys, objects and log of the home "
            "beside it, as docs/production.md says",
        )
    folder = settings.needed_home(home)
    with steps() as shown:
        manifest = back_up(folder, to, shown.step, keys=with_keys)
    size = read_checkpoint((to / LOG / CHECKPOINT).read_text(encoding="utf-8")).checkpoint.size
    note_backup(folder, BackedUp(datetime.now(UTC), size, with_keys))
    say(f"{to}：{len(manifest.files)} 个文件", f"{to}: {len(manifest.files)} files")
    if not with_keys:
        say("密钥未备份：请另行保管 keys 目录", "the keys are not in it: keep the folder keys apart")


@app.command()
def restore(
    context: typer.Context,
    backup: Annotated[Path, typer.Argument(help="备份文件夹。The backup.")],
    home: Annotated[Path | None, typer.Option("--home", help="新的账本目录。The new home.")] = None,
    keys: Annotated[Path | None, typer.Option(help="另行保管的密钥目录。The keys that were kept apart.")] = None,
    since: Annotated[
        list[str] | None, typer.Option(help="早先的检查点。An older checkpoint: file, folder or QR text.")
    ] = None,
) -> None:
    """恢复备份并核对。Restore a backup into an empty home, and verify it."""
    folder = settings_of(context).needed_home(home)
    bring_back(backup, folder, keys)
    key = read_key(folder / LOG / KEY)
    current = Named(str(backup), read_signed(folder / LOG / CHECKPOINT, key).checkpoint)
    with Home.open(folder) as opened, steps() as shown:
        proved = Verification(
            LedgerEntries(opened.ledger), Tiles(folder / LOG), current, older_checkpoints(since or (), key)
        ).run(lambda done, total: shown.step("核对事件", "verifying the events", float(done), float(total)))
        erased = erase_again(opened)
    if erased:
        say(f"按账本重新删除 {erased} 人", f"{erased} persons were erased again, as the ledger says")
    say_proved(proved, key, own_key=True, as_json=False)
