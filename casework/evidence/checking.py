"""Checking an evidence pack offline: its files, the proofs of its events, and that nothing in it was exchanged."""

from __future__ import annotations

import zipfile
from hashlib import sha256
from pathlib import Path

import msgspec

from casework.evidence.pack import TOPIC
from domain.cases.evidence import PackExported
from domain.errors import Broken, Malformed, NotFound
from ledger.decoding import decode
from ledger.log import Recorded
from ledger.merkle.checkpoint import Checkpoint, checked, read_checkpoint
from ledger.merkle.entries import event_of
from ledger.merkle.notes import VerifierKey, read_verifier_key
from ledger.merkle.proofs import proved_under, read_proof

LARGEST = 1_000_000_000
"""Bytes of all files of a pack together; more is no pack of ours."""


class PackProved(msgspec.Struct, frozen=True):
    """What a pack proves."""

    checkpoint: Checkpoint
    key: VerifierKey
    events: int
    suspicion_id: str
    exported: PackExported


class _Manifest(msgspec.Struct):
    files: dict[str, str]


def check_pack(file: Path, key: VerifierKey | None = None) -> PackProved:
    """Check a pack against its own key, or the key given; Broken with what fails first, Malformed, NotFound."""
    content = _content(file)
    _check_manifest(content)
    public = key if key is not None else read_verifier_key(_text(content, "key.pub"))
    checkpoint = checked(read_checkpoint(_text(content, "checkpoint")), public)
    events = [_proved(content, path, checkpoint, public) for path in content if path.startswith("events/")]
    exported = _exported(events)
    for path in {path for path in content if path.startswith(("rule/", "attachments/"))} | {"finding.json"}:
        if exported.pack.get(path) != sha256(content.get(path, b"")).hexdigest():
            raise _exchanged(path)
    for path in exported.pack:
        if path not in content:
            raise _exchanged(path)
    return PackProved(checkpoint, public, len(events), exported.suspicion_id, exported)


def _content(file: Path) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(file) as pack:
            infos = pack.infolist()
            names = [info.filename for info in infos]
            if sum(info.file_size for info in infos) > LARGEST or len(set(names)) < len(names) or any(map(_odd, infos)):
                raise _no_pack(file)
            return {info.filename: pack.read(info) for info in infos}
    except FileNotFoundError as error:
        raise NotFound(f"找不到 {file}", f"there is no {file}") from error
    except zipfile.BadZipFile as error:
        raise _no_pack(file) from error


def _odd(info: zipfile.ZipInfo) -> bool:
    """Say whether a file is encrypted or packed in a way that no pack of ours is."""
    return bool(info.flag_bits & 1) or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def _check_manifest(content: dict[str, bytes]) -> None:
    try:
        files = msgspec.json.decode(content.get("manifest.json", b""), type=_Manifest).files
    except msgspec.DecodeError as error:
        raise Malformed("缺少可读的 manifest.json", "there is no readable manifest.json") from error
    for path in sorted({*files, *content} - {"manifest.json"}):
        if path not in content or files.get(path) != sha256(content[path]).hexdigest():
            raise Broken(
                f"文件 {path} 与清单 manifest.json 不符：被改动、增加或缺少",
                f"{path} is not what manifest.json says: changed, added or missing",
            )


def _proved(content: dict[str, bytes], path: str, checkpoint: Checkpoint, key: VerifierKey) -> Recorded:
    name = path.removeprefix("events/").removesuffix(".bin")
    proof = read_proof(_text(content, f"proofs/{name}.tlog-proof"))
    event = event_of(content[path])
    if str(proof.index) != name or event is None or event.position != proof.index + 1:
        raise Broken(f"{path} 不是第 {name} 条的条目", f"{path} is not the entry {name}")
    if proved_under(proof, content[path], key) != checkpoint:
        raise Broken(f"{path} 的证明出自另一检查点", f"the proof of {path} is under another checkpoint")
    return event


def _exported(events: list[Recorded]) -> PackExported:
    """Return the event of the export itself, which names what else is in the pack."""
    found = [decode(event.topic, event.state) for event in events if event.topic == TOPIC]
    if len(found) != 1 or not isinstance(found[0], PackExported):
        raise Broken("证据包中没有导出事件，或不止一个", "the pack has no event of its export, or several")
    return found[0]


def _text(content: dict[str, bytes], path: str) -> str:
    if path not in content:
        raise Broken(f"证据包缺少 {path}", f"the pack lacks {path}")
    try:
        return content[path].decode()
    except UnicodeDecodeError as error:
        raise Malformed(f"{path} 不是 UTF-8 文本", f"{path} is no UTF-8 text") from error


def _exchanged(path: str) -> Broken:
    return Broken(
        f"{path} 不是导出时的内容：账本中的导出事件记的是另一个摘要",
        f"{path} is not what was exported: the event of the export names another hash",
    )


def _no_pack(file: Path) -> Malformed:
    return Malformed(f"{file} 不是证据包（zip）", f"{file} is no evidence pack (zip)")
