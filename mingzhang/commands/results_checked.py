"""verify OUT: what a screening wrote, compared with what its event says it wrote."""

from __future__ import annotations

from hashlib import file_digest
from pathlib import Path

import msgspec

from casework.outputs import FINDINGS_FILES
from domain.cases.screening import ScreeningRun
from domain.errors import Broken
from ledger.log import Ledger, Recorded


def is_result(folder: Path) -> bool:
    """Say whether a folder is what a screening wrote."""
    return (folder / FINDINGS_FILES[0]).is_file() and (folder / "run.json").is_file()


def check_results(ledger: Ledger, folder: Path, sealed: int) -> Recorded:
    """Return the event of the screening that wrote a folder, once all of its findings are what that event says.

    `sealed`: up to which position events count. Broken where no screening of this ledger wrote the folder, or a file
    was changed since.
    """
    found = {name: _sha256(folder / name) for name in FINDINGS_FILES if (folder / name).is_file()}
    runs = [(recorded, run) for recorded, run in _runs(ledger) if _position_said(folder) in (None, run.position)]
    best: list[str] | None = None
    for recorded, run in reversed(runs):
        written = run.results or {FINDINGS_FILES[0]: run.suspicions_sha256}
        differing = sorted(name for name, digest in written.items() if found.get(name) != digest)
        if not differing and recorded.position <= sealed:
            return recorded
        best = differing if best is None or len(differing) < len(best) else best
    names = "、".join(best or FINDINGS_FILES)
    raise Broken(
        f"{folder} 中的 {names} 与账本中的筛查事件所记不符：结果在筛查之后被改动，或出自别的账本",
        f"{', '.join(best or FINDINGS_FILES)} in {folder} are not what any screening event says: changed since the "
        "screening, or another ledger's",
    )


class _Account(msgspec.Struct):
    position: int | None = None


def _position_said(folder: Path) -> int | None:
    """Return the ledger position that run.json names, by which the run is told from others of equal findings."""
    try:
        return msgspec.json.decode((folder / "run.json").read_bytes(), type=_Account).position
    except msgspec.DecodeError as error:
        raise Broken(f"{folder / 'run.json'} 无法读取", f"{folder / 'run.json'} cannot be read") from error


def _runs(ledger: Ledger) -> list[tuple[Recorded, ScreeningRun]]:
    found = [(recorded, ledger.event(recorded)) for recorded in ledger.of_type("screening")]
    return [(recorded, run) for recorded, run in found if isinstance(run, ScreeningRun)]


def _sha256(file: Path) -> str:
    with file.open("rb") as content:
        return file_digest(content, "sha256").hexdigest()
