"""A way to a PostgreSQL that is cut at one chosen moment: before a statement arrives, or before its answer does."""

from __future__ import annotations

import socket
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, quote, urlsplit

_PORT = ".s.PGSQL.5432"


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
        self._awaited, self._before = b"", False
        self._meanwhile: Callable[[], None] = _nothing
        self.cuts = 0

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
        self._awaited, self._before = statement, False

    def cut_before_next(self, statement: bytes, meanwhile: Callable[[], None] = _nothing) -> None:
        """Cut instead of passing the next such statement on; do something before the client hears of it."""
        self._awaited, self._before, self._meanwhile = statement, True, meanwhile

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
                if self._awaited and self._awaited in data:
                    self._awaited, self.cuts = b"", self.cuts + 1
                    self._cut(client, server, data)
                    return
                server.sendall(data)
        _ended(client, server)

    def _cut(self, client: socket.socket, server: socket.socket, data: bytes) -> None:
        if self._before:
            server.shutdown(socket.SHUT_RDWR)
            self._meanwhile()
            _ended(client, server)
            return
        client.shutdown(socket.SHUT_WR)
        server.sendall(data)

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
