"""The page that `verify --report` writes: how the verification ended, well or not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from casework.evidence.checking import PackProved
from casework.outputs import replacing
from casework.papers.printing import engine
from casework.papers.proof import CHECKED, FAILED, PROVED, Failure, ProofPage, proof_pdf
from domain.errors import Broken, Malformed
from domain.version import VERSION
from intake.parsing import CHINA
from ledger.failures import unwritable
from ledger.merkle.checkpoint import Checkpoint, SignedCheckpoint
from ledger.merkle.differences import Difference
from ledger.merkle.notes import VerifierKey
from ledger.merkle.printed import printed
from ledger.merkle.verifying import Named, Proved
from mingzhang.commands.proved import pack_sentences, sentences
from mingzhang.console import say


class ProofReport:
    """What the page says so far; a verification tells it what it has read before it goes on."""

    def __init__(self, what: str, since: Iterable[str], *, own_key: bool) -> None:
        self._what, self._since, self._own_key = what, tuple(since), own_key
        self._at = datetime.now(UTC).astimezone(CHINA)
        self._key: VerifierKey | None = None
        self._signed: SignedCheckpoint | None = None
        self._current: Checkpoint | None = None
        self._older: tuple[Named, ...] = ()
        self._result, self._sentence, self._remarks = CHECKED, "", tuple[str, ...]()

    def key(self, key: VerifierKey) -> VerifierKey:
        """Note the key, and return it."""
        self._key = key
        return key

    def current(self, signed: SignedCheckpoint) -> SignedCheckpoint:
        """Note the checkpoint that is verified, and return it."""
        self._signed, self._current = signed, signed.checkpoint
        return signed

    def older(self, older: list[Named]) -> list[Named]:
        """Note the older checkpoints, and return them."""
        self._older = tuple(older)
        return older

    def proved(self, proved: Proved) -> None:
        """Note what is proved of a log."""
        self._result = PROVED if proved.older else CHECKED
        self._sentence = sentences(proved)[0]
        if proved.unsealed:
            self._remarks = (f"另有 {proved.unsealed} 条事件尚未封存，不在本次核对之内。",)

    def pack(self, proved: PackProved) -> None:
        """Note what is proved of an evidence pack."""
        self._key, self._current, self._result = proved.key, proved.checkpoint, PROVED
        self._sentence = pack_sentences(proved)[0]
        exported = proved.exported
        self._remarks = (f"疑点 {proved.suspicion_id}；由 {exported.envelope.actor} 导出，事由：{exported.reason}。",)

    def content(self, failed: Broken | None = None) -> bytes:
        """Return the page as PDF; with `failed` it says what ended the verification."""
        well = failed is None and self._signed is not None
        page = ProofPage(
            what=self._what, result=self._result if failed is None else FAILED,
            sentence=self._sentence if failed is None else "核对未通过：账本或所给材料与封存时不一致，首处不符如下。",
            at=self._at, version=VERSION, key=self._key, own_key=self._own_key, current=self._current,
            printed=printed(f"verify-{self._at:%Y%m%d-%H%M%S}", self._signed) if well and self._signed else None,
            older=self._older, since=self._since, remarks=self._remarks, failure=_failure(failed),
        )  # fmt: skip
        return proof_pdf(page)


@contextmanager
def reporting(file: Path | None, report: ProofReport) -> Iterator[ProofReport]:
    """Write the page where a file is given, when the block ends, also where integrity is broken.

    Malformed where the file is no .pdf; Unreachable where it cannot be made or written: the first is said beforehand.
    """
    if file is None:
        yield report
        return
    if file.suffix.lower() != ".pdf":
        raise Malformed(f"报告是 PDF，文件名应以 .pdf 结尾：{file}", f"the report is a PDF, name it so: {file}")
    engine()
    try:
        yield report
    except Broken as failed:
        _write(file, report.content(failed))
        raise
    _write(file, report.content())


def _write(file: Path, content: bytes) -> None:
    try:
        with replacing(file) as opened:
            opened.write(content)
    except OSError as error:
        raise unwritable(error, file) from error
    say(f"核对报告：{file}", f"report: {file}")


def _failure(failed: Broken | None) -> Failure | None:
    if isinstance(failed, Difference):
        return Failure(failed.zh, failed.first, failed.last, failed.evidence)
    return Failure(failed.zh) if failed is not None else None
