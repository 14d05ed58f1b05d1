"""What the pages refuse by themselves, beside what commands refuse; and the HTTP status of every kind of error."""

from __future__ import annotations

from http import HTTPStatus

from domain.cases.account import NotSignedIn
from domain.errors import Broken, Malformed, MingzhangError, NotFound, Refused, Unreachable

MIB = 1 << 20


class Forbidden(Refused):
    """Who asks has not the permission."""


class MustChange(Refused):
    """The password has to be changed before anything else."""

    def __init__(self) -> None:
        super().__init__("请先更换密码", "change the password first")


class SessionEnded(NotSignedIn):
    """A form came after its session had ended; `kept`: whether what was filled in is still there."""

    def __init__(self, *, kept: bool) -> None:
        then = ("；您填写的内容还在，登录后可接着提交", "; what you filled in is still here and can be sent then")
        again = ("，再办一次；选好的文件须重新选择", " and do it again; files have to be chosen again")
        zh, en = then if kept else again
        super().__init__(
            f"登录已过期，刚才的没有办理：请重新登录{zh}", f"your session has ended and nothing was done: sign in{en}"
        )


class TooManyAttempts(Refused):
    """One address tried to sign in too often."""

    def __init__(self, minutes: int) -> None:
        super().__init__(
            f"这个地址登录次数太多，请在 {minutes} 分钟后再试",
            f"too many sign-ins from this address: try again in {minutes} minutes",
        )


class TooLarge(Malformed):
    """A request brings more than is taken."""

    def __init__(self, limit: int) -> None:
        shown = f"{limit / MIB:g} MB"
        super().__init__(
            f"上传内容超过 {shown}：请压缩或分次上传", f"more than {shown} came: make it smaller, or send it in parts"
        )


class FromElsewhere(Refused):
    """A form was sent by a page of another site."""

    def __init__(self) -> None:
        super().__init__(
            "这个请求不是从本系统的页面发出的，没有办理：请打开本系统的页面再做一次",
            "this was not sent from a page of this service, and nothing was done: open the page here and do it again",
        )


STATUSES: tuple[tuple[type[MingzhangError], HTTPStatus], ...] = (
    (NotSignedIn, HTTPStatus.UNAUTHORIZED),
    (Forbidden, HTTPStatus.FORBIDDEN),
    (MustChange, HTTPStatus.FORBIDDEN),
    (FromElsewhere, HTTPStatus.FORBIDDEN),
    (TooManyAttempts, HTTPStatus.TOO_MANY_REQUESTS),
    (TooLarge, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    (Refused, HTTPStatus.CONFLICT),
    (NotFound, HTTPStatus.NOT_FOUND),
    (Malformed, HTTPStatus.BAD_REQUEST),
    (Broken, HTTPStatus.INTERNAL_SERVER_ERROR),
    (Unreachable, HTTPStatus.SERVICE_UNAVAILABLE),
)
"""Kind of error to status; the first that fits."""


def status_of(error: MingzhangError) -> HTTPStatus:
    """Return the HTTP status of an error."""
    fitting = (status for kind, status in STATUSES if isinstance(error, kind))
    return next(fitting, HTTPStatus.INTERNAL_SERVER_ERROR)
