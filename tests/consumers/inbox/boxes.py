"""An inbox with a home for tests: dropping files, emptying it, and looking at what came back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from consumers.consuming import Outlook
from consumers.inbox import figures
from consumers.inbox.loop import Inbox
from consumers.metrics import Registry
from consumers.stopping import Stop
from ledger.home import Home
from tests.county import contents, write_csv

AT = datetime(2026, 1, 20, 4, 0, tzinfo=UTC)
OWN = {"done", "refused", "receipts"}


class Box:
    """An inbox folder and the home that takes from it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.home = folder / "inbox", folder / "home"
        self.folder.mkdir(parents=True)
        self.registry: Registry = figures.inbox()
        self.said: list[str] = []

    def drop(self, department: str, name: str, rows: Iterable[Mapping[str, object]] | bytes) -> Path:
        """Put a file into a department's folder."""
        path = self.folder / department / name
        path.parent.mkdir(exist_ok=True)
        if isinstance(rows, bytes):
            path.write_bytes(rows)
            return path
        return write_csv(path, rows)

    def terms(self, department: str, text: str) -> None:
        """Write department.yaml."""
        (self.folder / department).mkdir(exist_ok=True)
        (self.folder / department / "department.yaml").write_text(text, encoding="utf-8")

    def empty(self, *, settle_s: float = 0.0, stop: Stop | None = None, idle_s: float | None = 0.0) -> Inbox:
        """Take what is there until nothing is left to take."""
        home = Home.open(self.home)
        try:
            outlook = Outlook(self.registry, stop or Stop(), lambda zh, en: self.said.append(en), idle_s)
            inbox = Inbox(home, self.folder, outlook, operator="王某", clock=lambda: AT, settle_s=settle_s)
            inbox.run()
        finally:
            home.close()
        return inbox

    def names(self, department: str, below: str) -> list[str]:
        """Return the names in done, refused or receipts, without date and digest."""
        place = self.folder / department / below
        return sorted(path.name.split("_", 2)[2] for path in place.iterdir()) if place.is_dir() else []

    def left(self, department: str) -> list[str]:
        """Return what still stands in a department's folder itself."""
        return sorted(path.name for path in (self.folder / department).iterdir() if path.name not in OWN)

    def receipts(self, department: str) -> list[dict[str, object]]:
        """Return the receipts, by file."""
        found = [json.loads(path.read_bytes()) for path in (self.folder / department / "receipts").glob("*.json")]
        return sorted(found, key=lambda receipt: (receipt["file"], receipt["handed_in_before"]))

    def receipt(self, department: str) -> dict[str, object]:
        """Return the only receipt."""
        (found,) = self.receipts(department)
        return found

    def ledger(self) -> set[tuple[str, int, str, bytes]]:
        """Return what the ledger says."""
        home = Home.open(self.home)
        found = contents(home)
        home.close()
        return found


def counts(receipt: Mapping[str, object]) -> dict[str, int]:
    """Return a receipt's counts, having held that they add up."""
    found = receipt["counts"]
    assert isinstance(found, dict)
    assert found["read"] == found["appended"] + found["repeated"] + found["amended"] + found["quarantined"]
    return {name: int(number) for name, number in found.items() if number}
