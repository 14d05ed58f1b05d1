"""The loop of screening while records come: project what is new, run the rules, leave what stands; wait, or end."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Collection
from datetime import datetime, timedelta

import duckdb
import msgspec
import pyarrow as pa

from casework.live.form import Account, LiveFiles
from casework.live.rounds import Round, Rounds, keys_of, moves, since_first_seen
from consumers import metrics
from consumers.consuming import PATIENCE_S, Outlook
from consumers.looking import look, wait_out
from consumers.patience import Patience
from domain.errors import Unreachable
from ledger.home import Home
from projections.models import ReadModels, claimed
from projections.store import unwritable

LOOK_EVERY_S = 0.2
"""How long it waits where nothing is new."""
BEAT_EVERY = timedelta(seconds=5)
"""How often the account says that the process is still there."""
FEW = 50_000
"""Events of which it is looked up whether any can change a finding; of more it is taken for granted."""


class Following:
    """One home followed by this process; nothing of it is recorded in the ledger."""

    def __init__(
        self, home: Home, outlook: Outlook, clock: Callable[[], datetime], only: Collection[str] = ()
    ) -> None:
        """Take the home's folder of findings, and what stands there; `only`: rules that alone are run.

        Unreachable where another process has it, Broken where what stands there is no findings.
        """
        self._home, self._outlook, self._clock, self._only = home, outlook, clock, tuple(sorted(only))
        self._files = LiveFiles(home.folder)
        self._files.make()
        self._claim = claimed(self._files.account_file)
        try:
            self._files.clear()
            before = self._files.read()
        except BaseException:
            self._claim.release()
            raise
        self._found = before.findings if before is not None else None
        same = before is not None and before.account.rules == self._only
        self._since = before.account.since if before is not None and same else None
        self._patience = Patience(time.monotonic, None if outlook.idle_s is None else PATIENCE_S)
        self._models: ReadModels | None = None
        self._rounds: Rounds | None = None
        self._left = before.account if before is not None else None
        """The account that stands, of this process or of the one before."""
        self.account: Account | None = None
        """As it was left last by this process."""
        self.rounds = 0
        self.failed = False
        """Whether a rule failed in the last round."""

    def run(self) -> None:
        """Follow until asked to stop, or until nothing came for long; Unreachable, Broken where no waiting helps."""
        try:
            look(self._outlook, self._patience, self.attempt, LOOK_EVERY_S)
        finally:
            self.close()

    def close(self) -> None:
        """Say that the process has stopped, and let go of the home. Unreachable."""
        try:
            if self._left is not None:
                now = self._clock()
                self._left = self._files.put(msgspec.structs.replace(self._left, looked_at=now, stopped_at=now))
                self.account = self._left if self.account is not None else None
        finally:
            if self._rounds is not None:
                self._rounds.close()
            if self._models is not None:
                self._models.close()
            self._claim.release()

    def attempt(self) -> bool:
        """Do a step; where something does not answer, say so and wait. Unreachable where patience ends, Broken."""
        self._patience.begin()
        try:
            came = self.step()
        except Unreachable as error:
            wait_out(self._outlook, self._patience, error)
            return False
        if self._patience.failing:
            self._outlook.tell("已恢复", "it answers again")
        self._patience.succeeded()
        self._outlook.registry.set(metrics.WAITING, 0)
        return came

    def step(self) -> bool:
        """Look once: do a round where something new can change a finding; say whether one was done. As `run`."""
        try:
            position = self._caught_up()
            if self.account is not None and position == self.account.position:
                self._beat()
                return False
            if self.account is not None and not self._moved(self.account.position, position):
                self._put(msgspec.structs.replace(self.account, position=position, looked_at=self._clock()))
                return False
            found = self._round(position)
        except duckdb.Error as error:
            refused = unwritable(error)
            if refused is None:
                raise
            raise refused from error
        self._take(found)
        return True

    def _round(self, position: int) -> Round:
        if self._rounds is None:
            self._rounds = Rounds(self._home, self._opened().connection, self._only)
        return self._rounds.run(position, self._clock().date())

    def _opened(self) -> ReadModels:
        if self._models is None:
            self._beat()
            self._models = ReadModels(
                self._home.read_models, self._home.ledger, own=True, progress=self._still_there
            )
        return self._models

    def _still_there(self, _position: int) -> None:
        """Show that the loop comes round while much is projected."""
        self._outlook.stop.wait(0)
        self._beat()

    def _caught_up(self) -> int:
        """Bring the read models up to the ledger; return the position."""
        models = self._opened()
        return models.position if models.position == self._home.ledger.head() else models.follow()

    def _moved(self, after: int, position: int) -> bool:
        """Say whether anything between two positions can change a finding."""
        if position - after > FEW:
            return True
        return moves(set(self._home.ledger.read_columns(after, position - after)[3]))

    def _take(self, found: Round) -> None:
        """Leave what a round found."""
        now = self._clock()
        before, self._found = self._found, since_first_seen(found.findings, self._found, now)
        self._since = self._since or now
        account = Account(
            position=found.position, as_of=found.as_of, finished_at=now, seconds=found.seconds,
            outcomes=found.outcomes, since=self._since, looked_at=now, findings="", rules=self._only,
        )  # fmt: skip
        self._put(account, self._found)
        self.rounds, self.failed = self.rounds + 1, found.failed
        self._show(found)
        self._tell(found, before)

    def _put(self, account: Account, findings: pa.Table | None = None) -> None:
        self.account = self._left = self._files.put(account, findings)
        self._outlook.registry.set(metrics.FOLLOW_POSITION, account.position)

    def _show(self, found: Round) -> None:
        registry = self._outlook.registry
        registry.add(metrics.FOLLOW_ROUNDS, 1)
        registry.add(metrics.FOLLOW_SECONDS, found.seconds)
        registry.set(metrics.FOLLOW_ROUND, found.seconds)
        counts = Counter(map(str, found.findings.column("rule").to_pylist()))
        registry.replace(metrics.FOLLOW_FINDINGS, {(("rule", rule),): float(counts[rule]) for rule in counts})

    def _tell(self, found: Round, before: pa.Table | None) -> None:
        """Say what is new and what is gone, in numbers."""
        came, gone = _not_among(found.findings, before), _not_among(before, found.findings)
        count = found.findings.num_rows
        if came or gone or self.rounds == 1:
            self._outlook.tell(
                f"第 {found.position} 号：新发现 {came} 条，消失 {gone} 条，共 {count} 条，用时 {found.seconds:.1f} 秒",
                f"position {found.position}: {came} findings new, {gone} gone, {count} in all, {found.seconds:.1f} s",
            )

    def _beat(self) -> None:
        """Say now and then, and at the start, that the process is there."""
        now, left = self._clock(), self._left
        if left is not None and (left.stopped_at or now - left.looked_at >= BEAT_EVERY):
            self._left = self._files.put(msgspec.structs.replace(left, looked_at=now, stopped_at=None))
            self.account = self._left if self.account is not None else None


def _not_among(findings: pa.Table | None, others: pa.Table | None) -> int:
    """Return how many findings have none that is the same among others."""
    known = frozenset(() if others is None else keys_of(others))
    return 0 if findings is None else sum(key not in known for key in keys_of(findings))
