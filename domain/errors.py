"""The error family: a class takes facts and builds its sentence in Chinese and English."""

from __future__ import annotations

from collections.abc import Callable


class MingzhangError(Exception):
    """Base of every error that a user sees; `exit_code` is what the command ends with."""

    exit_code = 2

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh} / {en}")
        self.zh = zh
        self.en = en

    def __reduce__(self) -> tuple[Callable[..., MingzhangError], tuple[object, ...], dict[str, object]]:
        """Keep both sentences on the way from one process to another."""
        return _restored, (type(self), self.zh, self.en), vars(self)


def _restored(kind: type[MingzhangError], zh: str, en: str) -> MingzhangError:
    error = kind.__new__(kind)
    MingzhangError.__init__(error, zh, en)
    return error


class Refused(MingzhangError):
    """What was asked may not be done now."""


class NotFound(MingzhangError):
    """What was named does not exist."""


class Malformed(MingzhangError):
    """What was given has not the form that is needed."""


class Broken(MingzhangError):
    """The service's own data or keys do not agree with each other: integrity."""

    exit_code = 3


class Unreachable(MingzhangError):
    """A component that is needed does not answer, or cannot be written to."""

    exit_code = 4
