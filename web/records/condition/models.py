"""The read models of a home: whether they are of this ledger, how far behind, and the snapshot for copies."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from domain.errors import Broken, Unreachable
from ledger.log import Ledger
from projections.models import GROWN, SNAPSHOT_FROM, claimed
from projections.projector import Projector
from projections.store import reached
from web.records.condition.books import failed
from web.records.condition.check import Check, Said

MODELS, SNAPSHOT = Said("读模型", "Read models"), Said("读模型快照", "Snapshot of read models")
REBUILD = Said("执行 mingzhang project --rebuild", "run mingzhang project --rebuild")


@contextmanager
def looked_at(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Give the read models, for reading alone; Unreachable where another process has them or they cannot be opened."""
    claim = claimed(path)
    try:
        connection = duckdb.connect(str(path), read_only=True)
    except duckdb.Error as error:
        claim.release()
        raise Unreachable(f"打不开读模型：{error}", f"the read models cannot be opened: {error}") from error
    try:
        yield connection
    finally:
        connection.close()
        claim.release()


def models(path: Path, ledger: Ledger, head: int) -> Check:
    """Say whether the read models took their last event from this ledger, and how far behind they are."""
    if not path.exists():
        return Check("read-models", MODELS, "note", Said("还没有，用到时建立", "none yet; made when first needed"))
    try:
        with looked_at(path) as connection:
            Projector(connection, ledger).check()
            behind = head - reached(connection).position
    except Unreachable:
        return Check(
            "read-models", MODELS, "note",
            Said("另一进程正在使用，未查", "another process has them; not looked at"),
        )  # fmt: skip
    except (Broken, duckdb.Error) as error:
        broken = error if isinstance(error, Broken) else Broken(f"读不了：{error}", f"cannot be read: {error}")
        return failed("read-models", MODELS, broken)._replace(
            todo=Said(f"先用 mingzhang verify 核对账本，再{REBUILD.zh}", f"first verify the ledger, then {REBUILD.en}")
        )
    if behind:
        return Check(
            "read-models", MODELS, "note", Said(f"落后账本 {behind} 条", f"{behind} events behind the ledger"),
            Said("下一个命令会补上，也可执行 mingzhang project", "the next command takes them; or mingzhang project"),
        )  # fmt: skip
    return Check("read-models", MODELS, "ok", Said(f"到第 {head} 号，与账本一致", f"at {head}, those of this ledger"))


def snapshot(path: Path, head: int) -> Check:
    """Say whether the snapshot that copies start from is not so old that every copy takes long."""
    positions = [int(each.name.split(".")[-2]) for each in path.parent.glob(f"{path.stem}.*.snapshot")]
    last = max(positions, default=0)
    told = Said(f"到第 {last} 号，账本到第 {head} 号", f"at {last} of {head}")
    if last > head:
        return Check(
            "snapshot", SNAPSHOT, "wrong", told,
            Said("快照不是这个账本的：删除 *.snapshot", "it is of another ledger: delete *.snapshot"),
        )  # fmt: skip
    if head >= SNAPSHOT_FROM and head >= GROWN * last:
        return Check(
            "snapshot", SNAPSHOT, "wrong", told if last else Said("没有快照", "there is none"),
            Said(
                "执行 mingzhang project：结束时留下新的；没有它，网页启动要从头计算",
                "run mingzhang project, which leaves a new one; without it pages take long to start",
            ),
        )  # fmt: skip
    return Check(
        "snapshot", SNAPSHOT, "ok", told if last else Said("账本小，不需要", "the ledger is small: none needed")
    )
