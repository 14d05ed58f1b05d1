"""Files that are either wholly there and on disk, or not there."""

from __future__ import annotations

import ctypes
import errno
import os
import secrets
from collections.abc import Sequence
from pathlib import Path

PRIVATE_FOLDER = 0o700
PRIVATE_FILE = 0o600


def private_folder(folder: Path) -> Path:
    """Create a folder that only its owner may enter, with its parents, where it does not stand yet; OSError."""
    folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    return folder


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder to disk; OSError."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def written_aside(target: Path, content: bytes) -> Path:
    """Write content beside the target under a name of its own (0600, created exclusively, on disk); OSError."""
    aside = target.with_name(f".{target.name}.{secrets.token_hex(8)}")
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        aside.unlink(missing_ok=True)
        raise
    return aside


def create_once(target: Path, content: bytes) -> bool:
    """Put content under a name that nobody has taken; False, with nothing changed, where the name stands already."""
    aside = written_aside(target, content)
    try:
        os.link(aside, target)
    except FileExistsError:
        return False
    finally:
        aside.unlink(missing_ok=True)
    sync_folder(target.parent)
    return True


def replace(target: Path, content: bytes) -> None:
    """Put content under a name at once, instead of what stood there; OSError."""
    aside = written_aside(target, content)
    try:
        aside.replace(target)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise
    sync_folder(target.parent)


def put_for_now(files: Sequence[tuple[Path, bytes]]) -> None:
    """Put files under their names, whole while the machine stands; `to_disk` makes them last. OSError."""
    for folder in {target.parent for target, _ in files}:
        private_folder(folder)
    for target, content in files:
        aside = target.with_name(f".{target.name}.{secrets.token_hex(8)}")
        try:
            with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE), "wb") as file:
                file.write(content)
            aside.replace(target)
        except BaseException:
            aside.unlink(missing_ok=True)
            raise


def to_disk(folder: Path) -> None:
    """Bring everything on a folder's file system to disk, by one call instead of one for each file; OSError."""
    whole = getattr(ctypes.CDLL(None), "syncfs", None)
    if whole is None:
        os.sync()
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        if whole(handle) != 0:
            raise OSError(errno.EIO, "syncfs failed", str(folder))
    finally:
        os.close(handle)
