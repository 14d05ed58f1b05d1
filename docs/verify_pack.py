"""Checks a Mingzhang evidence pack without Mingzhang: python3 verify_pack.py PACK.zip [the key.pub that you kept].

Needs Python 3.9 and `pip install cryptography`. Formats: RFC 9162 hashes, C2SP signed-note and tlog-proof.
"""
import json
import sys
import zipfile
from base64 import b64decode
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey as Key


def need(holds: bool, otherwise: str) -> None:
    """Stop where something does not hold."""
    if not holds:
        sys.exit(f"NOT PROVED: {otherwise}")


def head_of(note: str, key: str) -> "list[str]":
    """Return origin, size and root of a checkpoint that the key signed; cryptography raises where it did not."""
    text, _, lines = note.rpartition("\n\n")
    name, key_id, public = key.strip().split("+", 2)
    need(sha256(f"{name}\n".encode() + b64decode(public)).hexdigest()[:8] == key_id, "the key is malformed")
    signed = [b64decode(line.split(" ")[2]) for line in lines.splitlines() if line.split(" ")[1] == name]
    mine = [content[4:] for content in signed if content[:4].hex() == key_id]
    need(len(mine) == 1, "the checkpoint is not signed by this key")
    Key.from_public_bytes(b64decode(public)[1:]).verify(mine[0], f"{text}\n".encode())
    return text.split("\n")[:3]


def root_of(index: int, last: int, node: bytes, path: "list[bytes]") -> bytes:
    """Follow an inclusion proof from a leaf to the root (RFC 9162, 2.1.3.2)."""
    for sibling in path:
        left = index % 2 == 1 or index == last
        node = sha256(b"\1" + (sibling + node if left else node + sibling)).digest()
        while left and index and index % 2 == 0:
            index, last = index // 2, last // 2
        index, last = index // 2, last // 2
    return node if last == 0 else b""


pack = zipfile.ZipFile(sys.argv[1])
files = {name: pack.read(name) for name in pack.namelist() if name != "manifest.json"}
hashes = {name: sha256(content).hexdigest() for name, content in files.items()}
need(json.loads(pack.read("manifest.json"))["files"] == hashes, "the files are not those of manifest.json")
key = Path(sys.argv[2]).read_text("utf-8") if len(sys.argv) > 2 else files["key.pub"].decode()
head, exported = head_of(files["checkpoint"].decode(), key), []
events = {int(name[7:-4]): content for name, content in files.items() if name.startswith("events/")}
for number, entry in events.items():
    proof, _, note = files[f"proofs/{number}.tlog-proof"].decode().partition("\n\n")
    place, *path = proof.partition("\nindex ")[2].split("\n")
    need(place == str(number) and head_of(note, key) == head, f"the proof of {number} is another's")
    root = root_of(number, int(head[1]) - 1, sha256(b"\0" + entry).digest(), [b64decode(line) for line in path])
    need(root == b64decode(head[2]), f"event {number} is not in the log")
    exported += [json.loads(entry.split(b"\n", 4)[4])["pack"]] if b"\npack.Exported.v1\n" in entry else []
kept = {name for name in files if name.startswith(("rule/", "attachments/"))} | {"finding.json"}
need(exported == [{name: hashes[name] for name in kept}], "a file of the pack is not what was exported")
print(f"PROVED: {len(events)} events stand in the log {head[0]} of {head[1]}; nothing in the pack was exchanged.")
