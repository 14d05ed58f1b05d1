"""The files of a following process: the findings that stand now, and an account of the round that found them.

The account names the file of findings, so that both change at once: by its renaming.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from casework.parquet import as_parquet
from domain.errors import Broken
from ledger.durable import private_folder, replace
from ledger.failures import unwritable
from risk.screening import FINDINGS

FOLDER, ACCOUNT = "follow", "account.json"
FIRST_SEEN = "first_seen"
FOUND = FINDINGS.append(pa.field(FIRST_SEEN, pa.timestamp("us", tz="UTC")))
"""risk.screening.FINDINGS, and when a round of the process first found it."""
KEY = ("rule", "county", "subject_type", "subject_id", "fee", "fee_year", "occurred_on")
"""By what a finding is the same as one of an earlier round."""
_FILES = "findings-*.parquet"
_TRIES = 5
"""How often the account is read anew where its findings were replaced meanwhile."""


class Account(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """HOME/follow/account.json: the last round, and whether the process is still there."""

    position: int
    """Ledger position up to which the findings stand."""
    as_of: date
    finished_at: datetime
    """When the last round that ran rules ended."""
    seconds: float
    """How long that round took."""
    outcomes: dict[str, str]
    """Rule to how it ended, as in run.json."""
    since: datetime
    """End of the first round of which first_seen is still known: what it found may have stood before."""
    looked_at: datetime
    """When the process last saw that this is all there is."""
    findings: str
    """Name of the file of findings."""
    rules: tuple[str, ...] = ()
    """The rules that alone are run; () for all that count."""
    stopped_at: datetime | None = None
    """When the process was stopped; None while it runs, and where it was killed."""


class Standing(NamedTuple):
    """What a process left last."""

    account: Account
    findings: pa.Table
    """Schema FOUND."""


class LiveFiles:
    """The folder of a home in which a following process leaves what it finds."""

    def __init__(self, home: Path) -> None:
        self.folder = home / FOLDER
        self.account_file = self.folder / ACCOUNT

    def make(self) -> None:
        """Make the folder where it does not stand yet. Unreachable."""
        try:
            private_folder(self.folder)
        except OSError as error:
            raise unwritable(error, self.folder) from error

    def clear(self) -> None:
        """Remove what a process that was killed left half written; only for who alone writes here. Unreachable."""
        try:
            for pattern in (f".{_FILES}.*", f".{ACCOUNT}.*"):
                for path in self.folder.glob(pattern):
                    path.unlink()
        except OSError as error:
            raise unwritable(error, self.folder) from error

    def put(self, account: Account, findings: pa.Table | None = None) -> Account:
        """Replace what stands there; `findings`: None where they are those that stand. Return the account. Unreachable.

        Whoever reads meanwhile, or after the process was killed at any moment, finds the one state or the other, whole.
        """
        try:
            if findings is not None:
                content = as_parquet(findings)
                name = f"findings-{hashlib.sha256(content).hexdigest()[:16]}.parquet"
                if not (self.folder / name).exists():
                    replace(self.folder / name, content)
                account = msgspec.structs.replace(account, findings=name)
            replace(self.account_file, msgspec.json.encode(account))
            for path in self._others(account.findings):
                path.unlink(missing_ok=True)
        except OSError as error:
            raise unwritable(error, self.folder) from error
        return account

    def account(self) -> Account | None:
        """Return the account, None where no process ever ran here. Broken, Unreachable."""
        try:
            return msgspec.json.decode(self.account_file.read_bytes(), type=Account)
        except FileNotFoundError:
            return None
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise _not_ours(self.account_file) from error
        except OSError as error:
            raise unwritable(error, self.account_file) from error

    def read(self) -> Standing | None:
        """Return what stands there, None where no process ever ran here. Broken, Unreachable."""
        for _ in range(_TRIES):
            account = self.account()
            if account is None:
                return None
            path = self.folder / Path(account.findings).name
            try:
                return Standing(account, _unpacked(path))
            except FileNotFoundError:
                continue
        raise Broken(
            f"{self.account_file} 所记的 {path.name} 不在：请停止 mingzhang follow，删除 {self.folder}，再启动",
            f"{path.name}, which {self.account_file} names, is not there: stop mingzhang follow, delete {self.folder}, "
            "start it again",
        )

    def _others(self, name: str) -> Iterator[Path]:
        return (path for path in self.folder.glob(_FILES) if path.name != name)


def _unpacked(path: Path) -> pa.Table:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise
    except OSError as error:
        raise unwritable(error, path) from error
    try:
        found = pq.read_table(BytesIO(content))
    except (pa.ArrowException, OSError) as error:
        raise _not_ours(path) from error
    if found.schema.names != FOUND.names:
        raise _not_ours(path)
    return found.cast(FOUND)


def _not_ours(path: Path) -> Broken:
    return Broken(
        f"{path} 内容不对：请停止 mingzhang follow，删除 {path.parent}，再启动（首次发现的时间重新计起）",
        f"{path} cannot be read: stop mingzhang follow, delete {path.parent}, start it again (first seen counts anew)",
    )
