"""Keeping ahead: the vault takes what the reader of files found, in a process of its own, before the ledger does."""

from __future__ import annotations

import multiprocessing
from multiprocessing.connection import Connection
from pathlib import Path

from domain.errors import Unreachable
from ledger.home import Home
from ledger.keys import Keys
from ledger.vault import Vault

_SPAWN = multiprocessing.get_context("spawn")


class KeepingAhead:
    """Batches of entries on their way into the vault, in the order in which they come through a connection."""

    def __init__(self, entries: Connection, home: Home) -> None:
        self._kept, sender = _SPAWN.Pipe(duplex=False)
        arguments = (entries, sender, home.folder, home.place, home.keys)
        self._keeper = _SPAWN.Process(target=_keep, args=arguments, daemon=True)
        self._keeper.start()
        sender.close()

    def wait(self) -> None:
        """Return when the next batch is on disk; the vault's errors are raised here."""
        try:
            failed: Exception | None = self._kept.recv()
        except EOFError:
            failed = Unreachable(
                "写保险库的进程中途结束（多半内存不足）：请重新运行同一命令，已收取的不会重复",
                "the process that writes the vault ended early, most often for lack of memory: run the same command "
                "again, what was taken in is not taken twice",
            )
        if failed is not None:
            raise failed

    def close(self) -> None:
        """End the process."""
        self._keeper.kill()
        self._keeper.join()
        self._kept.close()


def _keep(entries: Connection, kept: Connection, folder: Path, place: str | None, keys: Keys) -> None:
    try:
        vault = Vault.open(folder, keys, place=place, reached=True)
        while True:
            batch = entries.recv()
            vault.put(batch)
            kept.send(None)
    except (EOFError, BrokenPipeError):
        return
    except Exception as error:
        kept.send(error)
