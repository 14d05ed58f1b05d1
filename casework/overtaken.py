"""The refusal of a command that somebody else was faster than."""

from __future__ import annotations

from domain.errors import Refused


class Overtaken(Refused):
    """Somebody else changed the case between reading and writing; nothing of the command was written."""

    def __init__(self, stream: str) -> None:
        case = stream.rpartition(":")[2]
        super().__init__(
            f"{case} 刚被他人办理，本次操作没有记入：请重新打开后再办",
            f"{case} was just dealt with by somebody else; nothing of this was recorded: open it again",
        )
