"""Writing an evidence pack: its export is an event, sealed first, so that the pack proves its own content."""

from __future__ import annotations

import uuid
import zipfile
from collections.abc import Callable, Mapping
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import msgspec

from casework.evidence.chosen import Chosen
from casework.outputs import replacing
from domain.cases.evidence import PackExported
from domain.errors import Broken, Refused
from domain.fact import Envelope
from intake.parsing import CHINA
from ledger.home import Home
from ledger.log import Recorded, StoredRow
from ledger.merkle.checkpoint import SignedCheckpoint
from ledger.merkle.proofs import prove
from ledger.merkle.sealer import KEY, LOG
from ledger.merkle.tiles import Tiles

TOPIC = "pack.Exported.v1"
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""Of every file in the zip: when it was made stands in the log."""


class Export(msgspec.Struct, frozen=True):
    """Who takes the pack out, and why."""

    actor: str
    reason: str
    clock: Callable[[], datetime]


def write_pack(home: Home, chosen: Chosen, export: Export, target: Path) -> int:
    """Write the pack and return how many events it proves.

    Refused: no reason, or a home without a log; Broken: an event of the evidence is not in the ledger.
    """
    if not export.reason.strip():
        raise Refused("导出证据包必须说明理由和去向", "an evidence pack is exported with a reason")
    if home.sealer is None:
        raise Refused("临时账本没有日志，不能导出证据包", "a temporary home has no log to prove anything by")
    own = _remember(home, chosen, export)
    signed = home.sealer.seal()
    events = sorted({*_events(home, chosen), chosen.run, own})
    log = Tiles(home.folder / LOG)
    files = {**chosen.files, "checkpoint": signed.content.encode(), "key.pub": (log.folder / KEY).read_bytes()}
    for event in events:
        files |= _proved(log, event, signed)
    _write(target, files)
    return len(events)


def _remember(home: Home, chosen: Chosen, export: Export) -> Recorded:
    name = uuid.uuid4().hex
    event = PackExported(
        suspicion_id=chosen.suspicion_id,
        run=chosen.run.stream,
        pack={path: sha256(content).hexdigest() for path, content in sorted(chosen.files.items())},
        reason=export.reason,
        records=tuple(chosen.event_ids),
        envelope=Envelope(
            "mingzhang", "000000", export.clock().astimezone(CHINA), export.actor, chosen.run.stream, name
        ),
    )
    home.ledger.append([StoredRow(f"pack:{name}", 1, TOPIC, msgspec.json.encode(event))])
    return home.ledger.versions([f"pack:{name}"])[f"pack:{name}"][0]


def _events(home: Home, chosen: Chosen) -> list[Recorded]:
    """Return the events of the evidence."""
    stored = home.ledger.versions({event_id.rpartition("@")[0] for event_id in chosen.event_ids})
    by_id = {f"{event.stream}@{event.version}": event for versions in stored.values() for event in versions}
    missing = [event_id for event_id in chosen.event_ids if event_id not in by_id]
    if missing:
        raise Broken(f"账本中没有证据事件 {missing[0]}", f"the ledger has no event {missing[0]} of the evidence")
    return [by_id[event_id] for event_id in chosen.event_ids]


def _proved(log: Tiles, event: Recorded, signed: SignedCheckpoint) -> dict[str, bytes]:
    index = event.position - 1
    return {
        f"events/{index}.bin": log.entry(index, signed.checkpoint.size),
        f"proofs/{index}.tlog-proof": prove(log, index, signed).text().encode(),
    }


def _write(target: Path, files: Mapping[str, bytes]) -> None:
    hashes = {path: sha256(content).hexdigest() for path, content in sorted(files.items())}
    manifest = msgspec.json.format(msgspec.json.encode({"files": hashes}), indent=2)
    with replacing(target) as file, zipfile.ZipFile(file, "w") as pack:
        for path, content in (("manifest.json", manifest), *sorted(files.items())):
            pack.writestr(zipfile.ZipInfo(path, _EPOCH), content, zipfile.ZIP_DEFLATED)
