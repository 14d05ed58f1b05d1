"""The loop over an inbox: look, take what is complete, wait where something does not answer; end when asked."""

from __future__ import annotations

import stat
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from consumers import metrics
from consumers.consuming import PATIENCE_S, Counts, Outlook
from consumers.inbox import figures
from consumers.inbox.claims import Claim, Claims, Outcome
from consumers.inbox.departments import Entry, Terms, desk_of, entries_of, terms_of
from consumers.inbox.folders import Changing, Folder, NotRead
from consumers.inbox.lock import InboxLock
from consumers.inbox.names import clean_name, is_department, type_named
from consumers.inbox.settling import Settling
from consumers.inbox.taking import Interrupted, Taking
from consumers.patience import Patience
from domain.errors import Malformed, MingzhangError, Refused, Unreachable
from intake.reading.files import natural
from intake.registers import FIRST
from ledger.failures import unwritable
from ledger.home import Home

LOOK_EVERY_S = 1.0
_OUTCOMES = ("appended", "repeated", "amended", "quarantined")


class Handed(NamedTuple):
    """A file in a department's folder, and under which terms it is handed in."""

    entry: Entry
    terms: Terms

    @property
    def turn(self) -> tuple[int, str, object]:
        """The place in the order of taking: what names are looked up in comes first."""
        name = clean_name(self.entry.name)
        kind = type_named(name) or (self.terms.types[0] if len(self.terms.types) == 1 else "")
        return FIRST.index(kind) if kind in FIRST else len(FIRST), self.entry.department, natural(Path(name).stem)


class Inbox:
    """One process's work on an inbox."""

    def __init__(
        self, home: Home, folder: Path, outlook: Outlook, *, operator: str, clock: Callable[[], datetime],
        settle_s: float | None = None,
    ) -> None:  # fmt: skip
        """Take the inbox for this process; NotFound, Unreachable where another process has it."""
        self._folder, self._outlook = folder.resolve(), outlook
        self._lock = InboxLock(self._folder)
        self._claims = Claims(home.folder, self._folder)
        self._taking = Taking(home, self._claims, operator=operator, clock=clock, between=self._between)
        self._settling = Settling(time.monotonic, settle_s)
        self._patience = Patience(time.monotonic, None if outlook.idle_s is None else PATIENCE_S)
        self._came_at = time.monotonic()
        self._quiet = False
        """The last look found nothing that is to be taken."""
        self.counts: dict[str, Counts] = {}
        self.refused = 0
        """Files that went back as a whole."""
        self.blocked: dict[str, MingzhangError] = {}
        """Departments whose folder cannot be used now."""

    def run(self) -> None:
        """Take files in until asked to stop, or idle for long; Unreachable, Broken where no waiting helps."""
        try:
            while not self._outlook.stop.asked and not self._is_over():
                self._attempt()
        finally:
            self._lock.release()

    def _attempt(self) -> None:
        self._patience.begin()
        try:
            took = self._step()
        except Interrupted:
            return
        except Unreachable as error:
            self._wait(error)
            return
        except OSError as error:
            self._wait(_said(error, self._folder))
            return
        if self._patience.failing:
            self._outlook.tell("已恢复", "it answers again")
            self._outlook.registry.set(metrics.WAITING, 0)
            self._patience.succeeded()
        if not took:
            self._outlook.stop.wait(LOOK_EVERY_S if self._outlook.idle_s is None else min(LOOK_EVERY_S, 0.2))

    def _step(self) -> bool:
        """Finish what a process before left, then take what is complete; say whether anything was taken."""
        self._lock.check()
        self._outlook.between()
        blocked: dict[str, MingzhangError] = {}
        with Folder.open(self._folder) as inbox:
            claim = self._claims.standing()
            if claim is not None:
                self._finish(claim, inbox)
            handed = self._look(inbox, blocked)
            complete = set(self._settling.complete([each.entry for each in handed]))
            due = sorted((each for each in handed if each.entry in complete), key=lambda each: each.turn)
            took = [self._handle(each, inbox, blocked) for each in due if not self._outlook.stop.asked]
        waiting = sum(each.entry.department not in blocked for each in handed) - sum(took)
        self._quiet = not waiting and not any(took)
        self._outlook.registry.set(figures.WAITING_FILES, waiting)
        self._show(blocked)
        return claim is not None or any(took)

    def _look(self, inbox: Folder, blocked: dict[str, MingzhangError]) -> list[Handed]:
        found: list[Handed] = []
        alone: dict[metrics.Labels, float] = {}
        for name, standing in inbox.entries():
            if name.startswith("."):
                continue
            department = clean_name(name) if stat.S_ISDIR(standing.st_mode) else "."
            try:
                _check_folder(name, standing.st_mode)
                with desk_of(inbox, name) as desk:
                    terms = terms_of(desk.folder)
                    entries, left = entries_of(name, desk.folder)
            except (Malformed, Refused, Unreachable) as error:
                blocked[department] = error
            except OSError as error:
                blocked[department] = _said(error, self._folder / department)
            else:
                found += [Handed(entry, terms) for entry in entries]
                alone[(("department", name),)] = float(left)
        self._outlook.registry.replace(figures.LEFT_ALONE, alone)
        return found

    def _handle(self, handed: Handed, inbox: Folder, blocked: dict[str, MingzhangError]) -> bool:
        """Take one file; say whether it is done with."""
        department = handed.entry.department
        try:
            with desk_of(inbox, department) as desk:
                claim = self._taking.claim(handed.entry, desk, handed.terms)
        except Changing:
            self._settling.again(handed.entry)
            return False
        except Malformed as error:
            blocked[department] = error
            return False
        except (NotRead, FileNotFoundError) as error:
            blocked[department] = _said(error, self._folder / department)
            return False
        self._finish(claim, inbox)
        return True

    def _finish(self, claim: Claim, inbox: Folder) -> None:
        """Finish a claim and say so: by its digest, since a name that somebody gave a file may name a person."""
        done = self._taking.finish(claim, inbox)
        self._came_at = time.monotonic()
        self.refused += done.refused
        outcome = "refused" if done.refused else "taken"
        self._outlook.registry.add(figures.FILES, 1, department=done.department, outcome=outcome)
        where = f"{done.department} {done.sha256[:8] or '-'} {done.type}".rstrip()
        if done.refusal is not None:
            self._outlook.tell(f"{where}：退回，{done.refusal.zh}", f"{where}: back, {done.refusal.en}")
        if done.outcome is not None:
            said = " + ".join(f"{name} {getattr(done.outcome, name)}" for name in _OUTCOMES)
            zh, en = ("退回", "back") if done.refused else ("已收", "taken")
            self._outlook.tell(f"{where}：{zh}", f"{where}: {en}, read {done.outcome.read} = {said}")
            self._count(done.type, done.outcome)

    def _count(self, kind: str, outcome: Outcome) -> None:
        counts = self.counts.setdefault(kind, Counts())
        counts.read += outcome.read
        for name in _OUTCOMES:
            number = int(getattr(outcome, name))
            setattr(counts, name, getattr(counts, name) + number)
            if number:
                self._outlook.registry.add(figures.ROWS, number, type=kind, outcome=name)

    def _show(self, blocked: dict[str, MingzhangError]) -> None:
        """Say once of each department that its folder cannot be used."""
        for department, error in blocked.items():
            before = self.blocked.get(department)
            if before is None or before.en != error.en:
                self._outlook.tell(f"{department}：{error.zh}", f"{department}: {error.en}")
        self.blocked = blocked
        self._outlook.registry.set(figures.BLOCKED, len(blocked))

    def _between(self) -> None:
        if self._outlook.stop.asked:
            raise Interrupted

    def _is_over(self) -> bool:
        idle = self._outlook.idle_s
        if idle is None or self._patience.failing or self._claims.standing() is not None:
            return False
        if not self._quiet:
            self._came_at = time.monotonic()
        return self._quiet and time.monotonic() - self._came_at >= idle

    def _wait(self, error: Unreachable) -> None:
        """Wait before the next attempt; raise the error where patience ends."""
        if not self._patience.failing:
            self._outlook.tell(error.zh, error.en)
            self._outlook.registry.set(metrics.WAITING, 1)
        self._outlook.stop.wait(self._patience.wait_after(error))


def _said(error: OSError, folder: Path) -> Unreachable:
    """Return what a refused operation means; of a name within a folder only the folder is said, whatever its bytes."""
    named = error.filename
    absolute = isinstance(named, str) and named.startswith("/") and named.isprintable()
    return unwritable(OSError(error.errno, error.strerror), Path(named) if absolute else folder)


def _check_folder(name: str, mode: int) -> None:
    if not stat.S_ISDIR(mode):
        raise Refused(
            "收件箱里直接放的文件和链接不读取，请放进部门的文件夹",
            "what lies in the inbox itself and is no folder is not read: put it into a department's folder",
        )
    if not is_department(name):
        raise Refused(
            "文件夹名应为可显示的 UTF-8 文字，不超过 100 字节",
            "a department's folder needs a name of printable UTF-8 text, at most 100 bytes",
        )
