"""The session cookie, and sessions that end because nothing was asked for too long."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

from starlette.responses import Response

from casework.users.signing_in import hashed, session_of, sign_out
from domain.cases.account import SESSION, Account, NotSignedIn
from ledger.home import Home

COOKIE = "session"


class Sessions:
    """Who is signed in; when each session last asked for something is known to this process alone. Safe for threads."""

    def __init__(self, home: Home, idle: timedelta, *, secure: bool) -> None:
        self._home, self._idle, self._secure = home, idle, secure
        self._lock = threading.Lock()
        self._asked: dict[str, datetime] = {}

    def account(self, secret: str | None, now: datetime, *, watching: bool = False) -> Account:
        """Return whose session this is; NotSignedIn where there is none, or it idled too long and is ended.

        `watching`: a page asks by itself how something stands, which is nothing that somebody did.
        """
        if not secret:
            raise NotSignedIn("请先登录", "sign in first")
        account = session_of(self._home, secret, now)
        key = hashed(secret)
        with self._lock:
            last = self._asked.get(key, now)
            self._asked[key] = last if watching else now
        if now - last >= self._idle:
            self.end(secret, now)
            minutes = self._idle // timedelta(minutes=1)
            raise NotSignedIn(
                f"超过 {minutes} 分钟没有操作，已自动退出，请重新登录",
                f"nothing was asked for {minutes} minutes, so you were signed out: sign in again",
            )
        return account

    def asked_at(self, key: str) -> datetime | None:
        """Return when a session, by its hash, last asked for something here; None: not since this process began."""
        with self._lock:
            return self._asked.get(key)

    def end(self, secret: str, now: datetime) -> None:
        """End a session."""
        sign_out(self._home, secret, now)
        with self._lock:
            self._asked.pop(hashed(secret), None)
            old = [key for key, asked in self._asked.items() if now - asked > SESSION]
            for key in old:
                del self._asked[key]

    def give(self, response: Response, secret: str) -> None:
        """Hand a session to the browser: for this site's own requests only, and to no script."""
        response.set_cookie(COOKIE, secret, httponly=True, samesite="strict", secure=self._secure, path="/")

    def take_back(self, response: Response) -> None:
        """Have the browser forget it."""
        response.delete_cookie(COOKIE, httponly=True, samesite="strict", secure=self._secure, path="/")
