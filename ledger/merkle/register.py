"""The checkpoints that a shared database knows of its one log: every machine that seals has to continue the last."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple, Protocol

from domain.errors import Refused
from ledger.merkle.checkpoint import read_checkpoint
from ledger.merkle.signing import KEY_FILE, key_of


class Registered(NamedTuple):
    """The last checkpoint of a database."""

    content: str
    """The signed note, to the byte."""
    machine: str
    """Which machine signed it, by its own name."""


class Register(Protocol):
    """Checkpoints beside the events, in one database for several homes."""

    @property
    def name(self) -> str:
        """What messages call the database."""

    def last(self) -> Registered | None:
        """Return the last checkpoint, None where there is none; Unreachable, Broken."""

    def add(self, last: Registered | None, size: int, content: str) -> bool:
        """Keep a checkpoint behind the one that was last, on disk before this returns; one machine at a time.

        False, with nothing kept, where another is the last one by now. Errors: Unreachable, Broken.
        """


def check_key(home: Path, register: Register, last: Registered) -> None:
    """Refused where the home has not the key of the database's log; Broken where its key file is damaged."""
    origin = read_checkpoint(last.content).checkpoint.origin
    own = key_of(home)
    if own is not None and own.public.name == origin:
        return
    zh, en = ("没有", "has none") if own is None else (f"是 {own.public.name} 的", f"is that of {own.public.name}")
    raise Refused(
        f"{register.name} 的日志是 {origin}（最近由 {last.machine} 封存），而本机的签名密钥{zh}："
        f"请把那台机器的 {KEY_FILE} 复制到 {home}，并移走 {home / 'log'}（如有）",
        f"the log of {register.name} is {origin} (last sealed by {last.machine}), and the signing key of this home "
        f"{en}: copy {KEY_FILE} of that machine to {home}, and move {home / 'log'} aside if it stands",
    )
