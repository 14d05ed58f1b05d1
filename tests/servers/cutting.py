"""A way to a PostgreSQL that is cut at one chosen moment: before a statement arrives, or before its answer does."""

from __future__ import annotations

import socket
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from enum import Enum
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, quote, urlsplit

_PORT = ".s.PGSQL.5432"
_FAREWELL = b"SFATAL\0VFATAL\0C57P01\0Mterminating connection due to administrator command\0\0"


class Cut(Enum):
    """How a line ends."""

    BEFORE = "the statement does not arrive"
    AFTER = "its answer does not come back"
    TOLD = "it does not arrive, and the server says that it ends the session"


def _nothing() -> None:
    """Do nothing meanwhile."""


class CuttingProxy:
    """Listens on a socket of its own and passes everything on, until told to cut."""

    def __init__(self, url: str) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="cut-")
        (host,) = parse_qs(urlsplit(url).query)["host"]
        self._server = str(Path(host) / _PORT)
        self.url = url.replace(f"host={quote(host, safe='')}", f"host={quote(self._folder.name, safe='')}")
        self._listener = socket.socket(socket.AF_UNIX)
        self._awaited, self._number, self._how = b"", 0, Cut.BEFORE
        self._meanwhile: Callable[[], None] = _nothing
        self.cuts = self._sent = 0

    def __enter__(self) -> Self:
        self._listener.bind(str(Path(self._folder.name) / _PORT))
        self._listener.listen()
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.close()
        self._folder.cleanup()

    def cut_after_next(self, statement: bytes) -> None:
        """Pass the next such statement on, wait for its answer, and cut instead of giving it."""
        self._awaited, self._how = statement, Cut.AFTER

    def cut_before_next(self, statement: bytes, meanwhile: Callable[[], None] = _nothing) -> None:
        """Cut instead of passing the next such statement on; do something before the client hears of it."""
        self._awaited, self._how, self._meanwhile = statement, Cut.BEFORE, meanwhile

    def cut_at(self, number: int, how: Cut) -> None:
        """Cut when a client sends for that time from now on, whatever it sends; the first is 1, 0 cuts nothing."""
        self._number, self._how, self._sent = number, how, 0

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.socket(socket.AF_UNIX)
                server.connect(self._server)
                threading.Thread(target=self._forward, args=(client, server), daemon=True).start()
                threading.Thread(target=self._answer, args=(server, client), daemon=True).start()

    def _forward(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while data := client.recv(65_536):
                self._sent += 1
                if (self._awaited and self._awaited in data) or self._sent == self._number:
                    self._awaited, self.cuts = b"", self.cuts + 1
                    self._cut(client, server, data)
                    return
                server.sendall(data)
        _ended(client, server)

    def _cut(self, client: socket.socket, server: socket.socket, data: bytes) -> None:
        if self._how is Cut.AFTER:
            client.shutdown(socket.SHUT_WR)
            server.sendall(data)
            return
        if self._how is Cut.TOLD:
            client.sendall(b"E" + (len(_FAREWELL) + 4).to_bytes(4, "big") + _FAREWELL)
        server.shutdown(socket.SHUT_RDWR)
        self._meanwhile()
        _ended(client, server)

    def _answer(self, server: socket.socket, client: socket.socket) -> None:
        """Pass answers on; where the client's side is shut, the answer that comes is lost and ends both."""
        with suppress(OSError):
            while data := server.recv(65_536):
                client.sendall(data)
        _ended(client, server)


def _ended(*sockets: socket.socket) -> None:
    for each in sockets:
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
