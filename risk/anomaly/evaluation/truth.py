"""The truth about a made-up county, from the JSON lines beside its data, whoever made it (docs/model-evaluation.md)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

import msgspec

from domain.errors import Malformed, NotFound

FOLDER = "truth"
Verdict = Literal["wrong", "minor", "innocent"]
_FLAGS = ("innocent", "minor")
_STRENGTHS: dict[str, tuple[Verdict, bool]] = {
    "strong": ("wrong", True),
    "weak": ("wrong", False),
    "minor": ("minor", False),
    "innocent": ("innocent", False),
}


class Case(msgspec.Struct, frozen=True):
    """One thing that happened in the county."""

    kind: str
    verdict: Verdict
    """wrong: a fraud; minor: a small breach, neither a hit nor a false alarm; innocent: it looks like a wrong."""
    strong: bool
    """Of a wrong: plain enough that the rules are meant to see it."""
    category: str
    subject_type: str
    subject_id: str
    """As the source has it: of a payer, card or account the number itself; empty where nobody is named."""
    township: str
    amount_fen: int
    records: tuple[tuple[str, str], ...]
    """Type and the source's own id."""


class WrongTruth(Malformed):
    """A line of a truth file cannot be read."""

    def __init__(self, file: Path, line: int, problem: str) -> None:
        super().__init__(
            f"{file.name} 第 {line} 行：{problem}；格式见 docs/model-evaluation.md",
            f"{file.name} line {line}: {problem}; for the form see docs/model-evaluation.md",
        )


def read_truth(data: Path) -> list[Case]:
    """Return the cases of DATA/truth/*.jsonl, in the order of file names and lines; NotFound, WrongTruth."""
    files = sorted((data / FOLDER).glob("*.jsonl"))
    if not files:
        raise NotFound(f"{data} 没有 truth/*.jsonl", f"{data} has no truth/*.jsonl")
    return [case for file in files for case in _cases(file)]


def _cases(file: Path) -> Iterator[Case]:
    for number, text in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        if not text.strip():
            continue
        try:
            yield case_of(msgspec.json.decode(text, type=dict[str, msgspec.Raw]))
        except (msgspec.DecodeError, ValueError) as error:
            raise WrongTruth(file, number, " ".join(str(error).split())) from error


def case_of(row: Mapping[str, msgspec.Raw]) -> Case:
    """Return the case that a line says, by the names of its columns; ValueError where one is missing or unread.

    `strength` (strong, weak, minor, innocent), or true and false in `innocent`, `minor`, `strong`; `amount_fen` or
    `amount_yuan`; records as objects with type and record_id, or as pairs.
    """
    verdict, strong = _verdict(row)
    return Case(
        kind=_text(row, "kind"),
        verdict=verdict,
        strong=strong,
        category=_text(row, "category", needed=False),
        subject_type=_text(row, "subject_type", needed=False),
        subject_id=_text(row, "subject_id", needed=False),
        township=_text(row, "township", needed=False),
        amount_fen=_amount(row),
        records=_records(row),
    )


def _verdict(row: Mapping[str, msgspec.Raw]) -> tuple[Verdict, bool]:
    if "strength" in row:
        said = _text(row, "strength")
        if said not in _STRENGTHS:
            raise ValueError(f"strength {said!r}; expected one of {', '.join(_STRENGTHS)}")
        return _STRENGTHS[said]
    if "innocent" not in row:
        raise ValueError("neither strength nor innocent")
    innocent, minor = (name in row and msgspec.json.decode(row[name], type=bool) for name in _FLAGS)
    strong = "strong" in row and msgspec.json.decode(row["strong"], type=bool)
    return ("innocent", False) if innocent else ("minor", False) if minor else ("wrong", strong)


def _text(row: Mapping[str, msgspec.Raw], name: str, *, needed: bool = True) -> str:
    if name not in row:
        if needed:
            raise ValueError(f"no {name}")
        return ""
    return msgspec.json.decode(row[name], type=str | None) or ""


def _amount(row: Mapping[str, msgspec.Raw]) -> int:
    if "amount_fen" in row:
        return msgspec.json.decode(row["amount_fen"], type=int)
    if "amount_yuan" in row:
        return round(100 * msgspec.json.decode(row["amount_yuan"], type=float))
    return 0


class _Record(msgspec.Struct):
    type: str
    record_id: str


def _records(row: Mapping[str, msgspec.Raw]) -> tuple[tuple[str, str], ...]:
    found = msgspec.json.decode(row.get("records", msgspec.Raw(b"[]")), type=list[msgspec.Raw])
    return tuple(_record(one) for one in found)


def _record(raw: msgspec.Raw) -> tuple[str, str]:
    if bytes(raw).lstrip().startswith(b"{"):
        record = msgspec.json.decode(raw, type=_Record)
        return record.type, record.record_id
    return msgspec.json.decode(raw, type=tuple[str, str])
