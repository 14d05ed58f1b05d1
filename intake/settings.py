"""What a data folder says of itself: dataset.yaml, policy.yaml and mapping.yaml (headings and words of its own)."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TypeVar

import msgspec
import yaml

from domain.contract import RECORD_TYPES
from domain.division import COUNTY
from domain.errors import Malformed
from domain.policy import KINDS
from intake.own_words import unknown_in
from intake.policy_forms import Cell, fault_of

T = TypeVar("T")


class County(msgspec.Struct, frozen=True):
    """The county that a folder is about."""

    code: str | int
    """Six digits; YAML reads them as a number where they stand without quotes."""
    name: str | None = None


class Dataset(msgspec.Struct, frozen=True):
    """dataset.yaml."""

    county: County | None = None
    sources: dict[str, str] = {}
    """Record type to the source of its files, where they have no source column."""
    clock_shift_hours: int = 0
    """Hours that people live behind +08:00."""

    @property
    def county_code(self) -> str | None:
        """The county's six digits, where the file names it."""
        return None if self.county is None else str(self.county.code)


class PolicyRow(msgspec.Struct, frozen=True):
    """One row of policy.yaml."""

    kind: str
    values: dict[str, Cell]
    who: str = ""
    why: str = ""
    valid_from: date | None = None


def read_dataset(folder: Path) -> Dataset:
    """Read DATA/dataset.yaml; defaults where there is none, Malformed where it has another form."""
    file = folder / "dataset.yaml"
    if not file.exists():
        return Dataset()
    dataset = _convert(file, Dataset)
    code = dataset.county_code
    if code is not None and not (len(code) == COUNTY and code.isdigit()):
        raise Malformed(f"{file.name}：county.code 应为六位区划代码", f"{file.name}: county.code must be six digits")
    return dataset


def read_mapping(file: Path) -> dict[str, dict[str, str]]:
    """Read a mapping file: per record type, heading to contract field, `field=word` to value; {} where there is none.

    Malformed where it has another form, or names a record type, field or value that does not exist.
    """
    if not file.exists():
        return {}
    mapping = _convert(file, dict[str, dict[str, str]])
    for name, headings in mapping.items():
        wrong = unknown_in(headings, RECORD_TYPES[name]) if name in RECORD_TYPES else []
        if name not in RECORD_TYPES or wrong:
            raise Malformed(
                f"{file.name}：没有记录类型、字段或取值 {name} {'、'.join(wrong)}",
                f"{file.name}: no such record type, field or value: {name} {', '.join(wrong)}",
            )
    return mapping


def read_policy(file: Path) -> list[PolicyRow]:
    """Read a policy file: a list of {kind, values, who, why, valid_from}; Malformed where it has another form."""
    rows = _convert(file, list[PolicyRow])
    for number, row in enumerate(rows, 1):
        if row.kind not in KINDS:
            raise Malformed(
                f"{file.name}：不认识的政策类别 {row.kind}，应为 {'、'.join(KINDS)}",
                f"{file.name}: unknown kind of policy {row.kind}; expected one of {', '.join(KINDS)}",
            )
        if fault := fault_of(row.kind, row.values):
            raise Malformed(
                f"{file.name} 第 {number} 项（{row.kind}）的 values 有误：{fault}",
                f"{file.name}, item {number} ({row.kind}): its values are wrong: {fault}",
            )
    return rows


def _convert(file: Path, form: type[T]) -> T:
    try:
        read = msgspec.to_builtins(yaml.safe_load(file.read_text(encoding="utf-8")))
        return msgspec.convert(read, form, strict=False)
    except (yaml.YAMLError, msgspec.ValidationError, ValueError, TypeError) as error:
        why = " ".join(str(error).split())
        raise Malformed(f"{file.name} 格式有误：{why}", f"{file.name} has not the expected form: {why}") from error
