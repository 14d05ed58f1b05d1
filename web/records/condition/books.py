"""The ledger of a home: whether it answers, the clock, its log, who keeps its checkpoints, and the last backup."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from domain.errors import Broken, Malformed, MingzhangError, NotFound, Unreachable
from intake.parsing import CHINA
from ledger.backed_up import last_backup
from ledger.leaving import targets
from ledger.log import Ledger
from ledger.merkle.given import read_key, read_signed
from ledger.merkle.sealer import CHECKPOINT, KEY, LOG
from web.records.condition.check import Check, Said, State

LOOKED_AT = 500
"""Events at the end of the ledger whose times are compared with the clock."""
AHEAD = timedelta(minutes=5)
"""How much later than the clock an event may be: machines differ a little."""
BACKUP_EVERY = timedelta(days=7)
TITLES = {
    "ledger": Said("账本", "Ledger"),
    "clock": Said("时钟", "Clock"),
    "log": Said("封存", "Sealing"),
    "targets": Said("检查点去处", "Who keeps checkpoints"),
    "backup": Said("备份", "Backup"),
}


class _Recorded(msgspec.Struct):
    recorded_at: datetime


class _Event(msgspec.Struct):
    envelope: _Recorded | None = None


def failed(name: str, title: Said, error: MingzhangError) -> Check:
    """Return the check that an error ended."""
    state: State = "unreachable" if isinstance(error, Unreachable) else "wrong"
    return Check(name, title, state, Said(error.zh, error.en))


def held(head: int) -> Check:
    """Say how many events the ledger has."""
    return Check("ledger", TITLES["ledger"], "ok", Said(f"{head} 个事件", f"{head} events"))


def clock(ledger: Ledger, head: int, now: datetime) -> Check:
    """Say whether the clock stands before the last events: then they would seem to come from the future."""
    states = ledger.contents(ledger.read_columns(max(head - LOOKED_AT, 0), LOOKED_AT)[4])
    times = [event.envelope.recorded_at for event in map(_read, states) if event is not None and event.envelope]
    last = max(times, default=None)
    told = f"{now.astimezone(CHINA):%Y-%m-%d %H:%M}"
    if last is None or last <= now + AHEAD:
        return Check(
            "clock", TITLES["clock"], "ok", Said(f"{told}，不早于最后的事件", f"{told}, not before the last events")
        )
    late = f"{last.astimezone(CHINA):%Y-%m-%d %H:%M}"
    return Check(
        "clock", TITLES["clock"], "wrong",
        Said(f"时钟 {told} 早于账本里的事件（{late}）", f"the clock, {told}, is before an event of the ledger, {late}"),
        Said(
            "校对本机时间（chronyd 或 ntpd）；期限按时钟计算，时间不对时不要下发清单",
            "set the time of this machine (chronyd or ntpd); deadlines follow it, so issue no list before",
        ),
    )  # fmt: skip


def _read(state: bytes) -> _Event | None:
    try:
        return msgspec.json.decode(state, type=_Event)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def log(home: Path, head: int) -> Check:
    """Say how far the log is sealed, and whether its checkpoint is signed and covers no more than there is."""
    title = TITLES["log"]
    try:
        size = read_signed(home / LOG / CHECKPOINT, read_key(home / LOG / KEY)).checkpoint.size
    except (Broken, Malformed, NotFound, Unreachable) as error:
        return failed("log", title, error)._replace(
            todo=Said(
                "从备份恢复 log 目录，再用 mingzhang verify 核对", "restore the folder log, then run mingzhang verify"
            )
        )
    if size > head:
        return Check(
            "log", title, "wrong",
            Said(f"已封存 {size} 条，账本只有 {head} 条", f"{size} are sealed, the ledger has {head}"),
            Said(
                "账本被截短或换成了旧文件：停止写入，用 mingzhang verify 和早先的检查点核对",
                "it was cut off or exchanged: stop writing, run mingzhang verify with older checkpoints",
            ),
        )  # fmt: skip
    if size < head:
        return Check(
            "log", title, "note",
            Said(f"已封存 {size} 条，还有 {head - size} 条", f"{size} are sealed, {head - size} are not yet"),
            Said("serve 每秒封存；没有运行时由下一个命令封存", "serve seals every second; else the next command does"),
        )  # fmt: skip
    return Check(
        "log", title, "ok", Said(f"{size} 条全部已封存，签名有效", f"all {size} are sealed, the signature holds")
    )


def kept(home: Path) -> Check:
    """Say to whom checkpoints go, and who is owed one."""
    title = TITLES["targets"]
    try:
        found = targets(home)
    except (Broken, Unreachable) as error:
        return failed("targets", title, error)
    owed = [each for each in found if each.owed]
    if not found:
        return Check(
            "targets", title, "note", Said("没有登记", "none is named"),
            Said(
                "让纪检、审计保存检查点：mingzhang checkpoint publish --to 去处 --remember",
                "let inspection and audit keep them: mingzhang checkpoint publish --to WHERE --remember",
            ),
        )  # fmt: skip
    if owed:
        return Check(
            "targets", title, "wrong",
            Said(f"{len(found)} 处中 {len(owed)} 处欠交", f"{len(owed)} of {len(found)} are owed one"),
            Said(
                "用 mingzhang checkpoint targets 看原因；通了以后会自动补交",
                "mingzhang checkpoint targets says why; they get it by themselves when they can be reached",
            ),
        )  # fmt: skip
    return Check("targets", title, "ok", Said(f"{len(found)} 处，都已送到", f"{len(found)}, nothing is owed"))


def backup(home: Path, head: int, now: datetime) -> Check:
    """Say when the home was last backed up."""
    found, title = last_backup(home), TITLES["backup"]
    todo = Said(
        "mingzhang backup --to 新文件夹（密钥另存）；在 PostgreSQL 中的用 pg_dump",
        "mingzhang backup --to FOLDER, keys kept apart; with PostgreSQL pg_dump",
    )
    if found is None:
        return Check("backup", title, "note", Said("没有备份的记录", "none is noted"), todo)
    days = (now - found.at) // timedelta(days=1)
    told = Said(
        f"{found.at.astimezone(CHINA):%Y-%m-%d %H:%M}，{days} 天前，{found.size} / {head} 条",
        f"{found.at.astimezone(CHINA):%Y-%m-%d %H:%M}, {days} days ago, {found.size} of {head} events",
    )
    if now - found.at <= BACKUP_EVERY or found.size >= head:
        return Check("backup", title, "ok", told)
    return Check("backup", title, "wrong", told, todo)
