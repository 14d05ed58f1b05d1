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


def put_new(files: Sequence[tuple[Path, bytes]]) -> None:
    """Put many files on disk, each whole or not at all, under names that are new or hold the same content; OSError.

    FileExistsError names a file that stands with other content. The disk is waited for once, not once a file.
    """
    fresh = [(target, content) for target, content in files if not _stands(target, content)]
    if not fresh:
        return
    folders = {target.parent: private_folder(target.parent) for target, _ in fresh}
    asides: list[Path] = []
    try:
        for target, content in fresh:
            asides.append(target.with_name(f".{target.name}.{secrets.token_hex(8)}"))
            handle = os.open(asides[-1], os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
            with os.fdopen(handle, "wb") as file:
                file.write(content)
        _to_disk(asides)
        while asides:
            asides[-1].replace(fresh[len(asides) - 1][0])
            asides.pop()
    finally:
        for aside in asides:
            aside.unlink(missing_ok=True)
    for folder in folders:
        sync_folder(folder)


def _to_disk(files: Sequence[Path]) -> None:
    """Bring files that were written just now to disk: by one call for their whole file system where there is one."""
    whole = getattr(ctypes.CDLL(None), "syncfs", None)
    for file in files[:1] if whole is not None else files:
        handle = os.open(file, os.O_RDONLY)
        try:
            if whole is None:
                os.fsync(handle)
            elif whole(handle) != 0:
                raise OSError(errno.EIO, "syncfs failed", str(file))
        finally:
            os.close(handle)


def _stands(target: Path, content: bytes) -> bool:
    try:
        found = target.read_bytes()
    except FileNotFoundError:
        return False
    if found != content:
        raise FileExistsError(errno.EEXIST, "another content stands there", str(target))
    return True
