"""Handing a referral over: evidence packs and the case file are written, their hashes and the checkpoint recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path

from casework.cases.describing import Described, described
from casework.cases.referral_file import Handed, case_file
from casework.cases.referral_money import QUERY
from casework.cases.referring import needed
from casework.cases.store import Cases, of_referral, stream_of
from casework.evidence.pack import Export, write_pack
from casework.evidence.recorded import choose_recorded
from casework.outputs import replacing
from casework.papers.printing import engine
from casework.papers.referral import Attached
from casework.papers.referral_paper import referral_docx, referral_pdf
from domain.cases import referral
from domain.cases.access import CASEWORK
from domain.cases.moves import REFERRAL
from domain.cases.other_states import ReferralState
from domain.cases.referral import ReferralHandedOver
from domain.cases.suspicion_state import SuspicionState
from domain.errors import Refused
from ledger.access import Access
from ledger.failures import unwritable
from ledger.home import Home
from ledger.merkle.checkpoint import SignedCheckpoint
from ledger.merkle.printed import printed

PAPER = "问题线索移送书"
_KINDS = ((b"%PDF", "pdf"), (b"\xff\xd8\xff", "jpg"), (b"\x89PNG", "png"), (b"PK\x03\x04", "zip"))
"""How the content of a scan begins, with the ending of its file."""


def hand_over(cases: Cases, referral_id: str, folder: Path, reveal: str = "") -> ReferralState:
    """Write the case file (.docx, .pdf) and an evidence pack per suspicion into a folder, then record it.

    The log is sealed before anything is written, and again over the packs' own events. With `reveal`, a reason, people
    are named and scans go with the packs; each look is recorded.
    NotFound, Refused, IllegalMove, Unreachable, Overtaken.
    """
    state = needed(cases, referral_id)
    REFERRAL.after(state.state, ReferralHandedOver.move, referral_id)
    _sealed(cases.home)
    engine()
    found = cases.suspicions(state.suspicions)
    states = [found[name] for name in state.suspicions]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        why = reveal or f"移送 {referral_id}"
        with described(cases, states, why, clear=bool(reveal), queries=[QUERY]) as told:
            files, signed = _write(cases, told, state, states, folder, reveal)
    except OSError as error:
        raise unwritable(error, folder) from error
    event = ReferralHandedOver(
        cases.acting.today, files, signed.content,
        envelope=cases.envelope(state.county, stream_of(referral.KIND, referral_id)),
    )  # fmt: skip
    cases.append([of_referral(state, event)])
    return needed(cases, referral_id)


def _sealed(home: Home) -> SignedCheckpoint:
    if home.sealer is None:
        raise Refused("临时账本没有日志，不能移送证据", "a temporary home has no log to prove evidence by")
    return home.sealer.seal()


def _write(
    cases: Cases, told: Described, state: ReferralState, states: Sequence[SuspicionState], folder: Path, reveal: str
) -> tuple[dict[str, str], SignedCheckpoint]:
    """Write packs, then the case file that lists them; return name to hash, and the checkpoint over the packs."""
    written: list[Path] = []
    attached: list[Attached] = []
    for each in states:
        scans = _scans(cases, each)
        if scans and reveal:
            _remember(cases, each, reveal)
        seen = told.seen[each.suspicion_id]
        chosen = choose_recorded(cases.home, seen.run, seen.item, scans if reveal else {})
        pack = folder / f"证据包-{each.suspicion_id}.zip"
        export = Export(cases.acting.actor, f"移送 {state.id}：移交纪检监察", lambda: cases.acting.at)
        write_pack(cases.home, chosen, export, pack)
        written.append(pack)
        attached.append(_attached(pack.name, pack.read_bytes()))
        kept = "见证据包" if reveal else "含个人信息，未随附"
        attached += [_attached(f"反馈附件 {name}（{kept}）", content) for name, content in scans.items()]
    signed = _sealed(cases.home)
    paper = case_file(
        cases, told, state, states,
        Handed(cases.acting.today, printed(state.id, signed), tuple(attached), reveal),
    )  # fmt: skip
    for name, content in (("docx", referral_docx(paper)), ("pdf", referral_pdf(paper))):
        path = folder / f"{PAPER}-{state.id}.{name}"
        with replacing(path) as file:
            file.write(content)
        written.append(path)
    return {path.name: sha256(path.read_bytes()).hexdigest() for path in written}, signed


def _hashes(cases: Cases, state: SuspicionState) -> tuple[str, ...]:
    """Return the objects of the scans that came with the last answer, for its items and with the report on its list."""
    own = state.answer.attachments if state.answer is not None else ()
    papers = (paper.object for paper in state.papers)
    lists = cases.lists([state.list_id]) if state.list_id else {}
    reports = (each.scan for each in lists.values() if each.scan)
    return tuple(dict.fromkeys((*own, *papers, *reports)))


def _scans(cases: Cases, state: SuspicionState) -> Mapping[str, bytes]:
    """Return these scans, each named by its hash."""
    contents = {name: cases.home.objects.get(name) for name in _hashes(cases, state)}
    return {f"{name}.{_ending(content)}": content for name, content in contents.items()}


def _ending(content: bytes) -> str:
    return next((ending for mark, ending in _KINDS if content.startswith(mark)), "bin")


def _remember(cases: Cases, state: SuspicionState, reveal: str) -> None:
    """Record that signed scans, which name people, leave the house; Refused where one is restricted."""
    subjects = tuple(f"file:{name}" for name in _hashes(cases, state))
    cases.home.access.admit(Access(cases.acting.actor, reveal, "scan", CASEWORK, subjects))


def _attached(name: str, content: bytes) -> Attached:
    return Attached(name, sha256(content).hexdigest(), len(content))
