"""Contents that events name by their hash: a rule's text, a model, an attachment, a state too large for its row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from domain.errors import Broken, Malformed
from ledger.merkle import differences
from ledger.merkle.entries import event_of
from ledger.objects import Objects
from ledger.rows import Recorded
from ledger.states import content_of_state

_STAND_IN = b'\n{"sha256":"'
_STAND_IN_BYTES = 130
"""More than a state that stands for its content has."""


class _Screening(msgspec.Struct):
    rules: dict[str, str]
    """Rule id to `<version>:<hash of its text>`."""
    scored: str = ""
    found: str = ""


class _Model(msgspec.Struct):
    object: str


class _Attached(msgspec.Struct):
    attachments: tuple[str, ...] = ()


class _Answered(msgspec.Struct):
    answer: _Attached


class _Reported(msgspec.Struct):
    scan: str | None


class _Framed(msgspec.Struct):
    frame: str


class _Submitted(msgspec.Struct):
    files: dict[str, str]
    """Name of a rule's file to its hash."""


class _Backtested(msgspec.Struct):
    details: str


class _Refused(msgspec.Struct):
    words: str = ""
    """Object of the words for values that its file was read with."""


Naming = _Screening | _Model | _Answered | _Reported | _Framed | _Submitted | _Backtested | _Refused
NAMING: dict[str, type[Naming]] = {
    "screening.Run.v1": _Screening,
    "model.Trained.v1": _Model,
    "suspicion.Answered.v1": _Answered,
    "suspicion.Attached.v1": _Model,
    "suspicion-list.Reported.v1": _Reported,
    "spot-check.Framed.v1": _Framed,
    "rule.Submitted.v1": _Submitted,
    "rule.Backtested.v1": _Backtested,
    "register.PageScanned.v1": _Reported,
    "record.Refused.v1": _Refused,
}
"""Topics whose events name contents, with the fields in which they do."""
_STREAMS = (
    b"screening:", b"model:", b"suspicions:", b"suspicion-lists:", b"spot-checks:", b"rules:", b"backtests:",
    b"register-scans:", b"refused:",
)  # fmt: skip
"""How the streams of these events begin: looking at the beginning spares looking for a topic in every entry."""


class Contents:
    """Checks every content once, when the first event that names it is read."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self.checked: set[str] = set()
        """Hashes of the contents that are what the events say."""

    def check(self, entries: Sequence[bytes]) -> None:
        """Raise a Difference for the first entry of the batch whose content is missing or is another one."""
        for entry in entries:
            if entry.startswith(_STREAMS, entry.find(b"\n") + 1) or entry.find(_STAND_IN, -_STAND_IN_BYTES) >= 0:
                event = event_of(entry)
                if event is not None:
                    self._check(event)

    def _check(self, event: Recorded) -> None:
        try:
            for name in _named(event, content_of_state(event.state, self._objects)):
                if name not in self.checked:
                    self._objects.get(name)
                    self.checked.add(name)
        except (Broken, Malformed, msgspec.DecodeError) as error:
            raise differences.content_changed(event, error) from error


def _named(event: Recorded, state: bytes) -> Iterator[str]:
    """Yield the hashes that an event names."""
    kind = NAMING.get(event.topic)
    if kind is None:
        return
    naming = msgspec.json.decode(state, type=kind)
    if isinstance(naming, _Screening):
        yield from (text.partition(":")[2] for _, text in sorted(naming.rules.items()))
        yield from filter(None, (naming.scored, naming.found))
    elif isinstance(naming, _Answered):
        yield from naming.answer.attachments
    elif isinstance(naming, _Reported):
        yield from filter(None, (naming.scan,))
    elif isinstance(naming, _Refused):
        yield from filter(None, (naming.words,))
    elif isinstance(naming, _Submitted):
        yield from (name for _, name in sorted(naming.files.items()))
    elif isinstance(naming, _Backtested):
        yield naming.details
    else:
        yield naming.object if isinstance(naming, _Model) else naming.frame
