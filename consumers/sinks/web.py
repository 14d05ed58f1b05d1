"""Checkpoints sent to a web address: put below it under their names, or posted to it."""

from __future__ import annotations

import httpx

from domain.errors import Refused, Unreachable
from ledger.leaving import Leaving, Sink
from ledger.merkle.sealer import KEY

WAIT_S = 10.0
"""How long the address may take to answer."""
_NO_PUT = frozenset({405, 501})
_STANDS = frozenset({409, 412})


def sink(address: str) -> Sink:
    """Return what keeps checkpoints at an http or https address."""
    return WebSink(address)


class WebSink:
    """A web address below which files may be put, or that takes them by POST."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")

    def take(self, leaving: Leaving) -> bool:
        """Send checkpoint and key; what stands is not replaced. Unreachable, Refused where it takes neither way."""
        try:
            with httpx.Client(timeout=WAIT_S) as client:
                fresh = self._put(client, leaving.name, leaving.signed.content.encode(), leaving.why)
                if fresh:
                    self._put(client, KEY, leaving.key, leaving.why)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Unreachable(
                f"{self._url} 没有应答（{type(error).__name__}）：检查点留待下次",
                f"{self._url} does not answer ({type(error).__name__}): the checkpoint is owed",
            ) from error
        return fresh

    def _put(self, client: httpx.Client, name: str, content: bytes, why: str) -> bool:
        headers = {"content-type": "text/plain; charset=utf-8", "if-none-match": "*", "x-mingzhang-why": why}
        answer = client.put(f"{self._url}/{name}", content=content, headers=headers)
        if answer.status_code in _NO_PUT:
            answer = client.post(self._url, content=content, headers={**headers, "x-mingzhang-name": name})
        if answer.status_code in _STANDS:
            return False
        if not answer.is_success:
            raise Refused(
                f"{self._url} 不收检查点（{answer.status_code}）",
                f"{self._url} does not take it ({answer.status_code})",
            )
        return True
