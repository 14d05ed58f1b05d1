"""What a refused file operation means, said in the words of the error family."""

from __future__ import annotations

from pathlib import Path

from domain.errors import Unreachable


def unwritable(error: OSError, file: Path) -> Unreachable:
    """Return what a refused file operation means for whoever runs the service."""
    return Unreachable(
        f"{error.filename or file} 无法读写（{error.strerror}）：请检查权限和磁盘空间",
        f"{error.filename or file} cannot be read or written ({error.strerror}): check permissions and disk space",
    )
