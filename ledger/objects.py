"""Contents named by their hash: rule texts, models, attachments, and states too large for an event."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from domain.errors import Broken, Malformed
from ledger.durable import private_folder, replace
from ledger.failures import unwritable

_NAME = re.compile(r"[0-9a-f]{64}")


class Objects:
    """The folder HOME/objects; a file's name is the SHA-256 of its content, in lower-case hex."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def of_home(cls, home: Path) -> Objects:
        """Return the objects of a home; the folder is created by the first `put`."""
        return cls(home / "objects")

    def put(self, content: bytes) -> str:
        """Store content durably and return its name; the same content again writes nothing. Unreachable."""
        name = hashlib.sha256(content).hexdigest()
        target = self.folder / name
        try:
            if not (target.is_file() and target.stat().st_size == len(content)):
                replace(private_folder(self.folder) / name, content)
        except OSError as error:
            raise unwritable(error, target) from error
        return name

    def get(self, name: str) -> bytes:
        """Return the content of that name; Malformed where it is no name, Broken where it is missing or has changed."""
        if not _NAME.fullmatch(name):
            raise Malformed(f"{name!r} 不是 64 位小写十六进制摘要", f"{name!r} is no hash of 64 lower-case hex digits")
        target = self.folder / name
        try:
            content = target.read_bytes()
        except FileNotFoundError as error:
            raise Broken(
                f"缺少内容文件 {target}：请从备份恢复 objects 目录",
                f"the content {target} is missing: restore the folder objects from a backup",
            ) from error
        except OSError as error:
            raise unwritable(error, target) from error
        found = hashlib.sha256(content).hexdigest()
        if found != name:
            raise Broken(
                f"内容文件 {target} 已被改动：实际摘要为 {found}",
                f"the content {target} was changed: its hash is {found}",
            )
        return content
