"""Older checkpoints as a reader kept them: signed notes or lines of QR codes, in files, in folders or given as text."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from domain.errors import Broken, NotFound
from ledger.failures import unwritable
from ledger.merkle.checkpoint import SignedCheckpoint, checked, read_checkpoint
from ledger.merkle.notes import VerifierKey, read_verifier_key
from ledger.merkle.printed import is_printed, read_printed
from ledger.merkle.verifying import Named

_LARGEST = 1_000_000
"""Bytes of a file that can hold a checkpoint."""


def read_key(file: Path) -> VerifierKey:
    """Return the verifier key of a file; NotFound, Malformed, Unreachable."""
    return read_verifier_key(_text(file))


def read_signed(file: Path, key: VerifierKey) -> SignedCheckpoint:
    """Return the checkpoint of a file, its signature checked; NotFound, Malformed, Broken, Unreachable."""
    signed = read_checkpoint(_text(file))
    checked(signed, key)
    return signed


def older_checkpoints(given: Iterable[str], key: VerifierKey) -> list[Named]:
    """Return the checkpoints given, each signature checked; a file may hold several lines of QR codes.

    In a folder every file counts but hidden ones and key.pub. NotFound, Malformed, Unreachable; Broken where the key
    has not signed one.
    """
    found = []
    for text in given:
        if "\n" in text or is_printed(text):
            found += _named("QR", text, key)
            continue
        path = Path(text)
        files = sorted(filter(_may_be_one, path.iterdir())) if path.is_dir() else [path]
        for file in files:
            found += _named(str(file), _text(file), key)
        if not files:
            raise NotFound(f"{path} 中没有检查点", f"there is no checkpoint in {path}")
    return found


def _named(name: str, content: str, key: VerifierKey) -> list[Named]:
    if not is_printed(content):
        return [Named(name, checked(read_checkpoint(content), key))]
    found = []
    for line in (read_printed(each) for each in content.splitlines() if each.strip()):
        unsigned = "" if line.signature else "（无签名 unsigned）"
        found.append(Named(f"{name} {line.paper}{unsigned}", line.proved(key)))
    return found


def _may_be_one(file: Path) -> bool:
    return file.is_file() and not file.name.startswith(".") and file.name != "key.pub"


def _text(file: Path) -> str:
    try:
        if file.stat().st_size > _LARGEST:
            raise Broken(f"{file} 过大，不是检查点或公钥", f"{file} is too large for a checkpoint or a key")
        return file.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise NotFound(f"找不到 {file}：请核对路径", f"there is no {file}: check the path") from error
    except UnicodeDecodeError as error:
        raise Broken(f"{file} 不是文本文件", f"{file} is no text") from error
    except OSError as error:
        raise unwritable(error, file) from error
