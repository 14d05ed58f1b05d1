"""Writes domain/records/<type>.py, one record type each, and domain/contract.py, their index."""

from __future__ import annotations

from mingzhang.contracts import OWN_DATE, TERMS, Contracts, FieldSpec, column, singular, stands
from mingzhang.generated.literal import literal

HEAD = '"""{doc} Generated from domain/contracts by mingzhang.generate; do not edit."""\n\nfrom __future__ import annotations\n\n'
PYTHON = {
    "string": "str", "integer": "int", "money": "int", "date": "date", "datetime": "datetime", "division": "str",
    "bool": "bool", "enum": "str", "identity": "Identity",
}  # fmt: skip


def class_name(record: str) -> str:
    """Return the stem of the record's event classes: PosTransaction of pos-transactions."""
    return "".join(part.capitalize() for part in singular(record).split("-"))


def python_type(record: str, name: str, spec: FieldSpec) -> str:
    """Return the Python type of the field in the event."""
    kind = stands(record, name, spec)
    if kind == "account":
        return "tuple[Account, ...]" if spec.type == "list" else "Account"
    if kind in ("name", "sealed"):
        return "str"
    return "tuple[str, ...]" if spec.type == "list" else PYTHON[spec.type]


def default(spec: FieldSpec) -> str | None:
    """Return the Python literal of the field's default, None where it has none."""
    if spec.default is None:
        return None
    return literal(spec.default)


def attribute(record: str, name: str, spec: FieldSpec) -> str:
    """Return the line that declares the field in the event class."""
    kind, given = python_type(record, name, spec), default(spec)
    if spec.required:
        return f"    {column(name, spec)}: {kind}\n"
    if given is not None:
        return f"    {column(name, spec)}: {kind} = {given}\n"
    if kind.startswith("tuple"):
        return f"    {column(name, spec)}: {kind} = ()\n"
    return f"    {column(name, spec)}: {kind} | None = None\n"


def in_event_order(fields: dict[str, FieldSpec]) -> list[tuple[str, FieldSpec]]:
    """Return the fields as the event has them: required ones first, each group as in the contract."""
    return sorted(fields.items(), key=lambda item: not item[1].required)


def described(contracts: Contracts, record: str, name: str, spec: FieldSpec) -> str:
    """Return the Field(...) line of the contract."""
    parts = [f'"{name}"', f'"{spec.type}"']
    parts += [
        f"{flag}=True"
        for flag, on in (("required", spec.required), ("personal", spec.personal), ("term", name in TERMS))
        if on
    ]
    parts.append(f"zh={literal(spec.zh)}")
    if spec.type == "enum":
        if spec.values == "fees.yaml":
            parts += ["values=FEE_IDS", "zh_values=FEE_NAMES"]
        else:
            pairs = ", ".join(f'"{zh}": "{value}"' for zh, value in contracts.chinese_values(record, name).items())
            parts += [f"values={literal(contracts.values_of(record, name))}", f"zh_values={{{pairs}}}"]
    if spec.default is not None:
        text = str(spec.default).lower() if isinstance(spec.default, bool) else str(spec.default)
        parts.append(f'default="{text}"')
    if spec.of:
        parts.append(f'of="{spec.of}"')
    if stands(record, name, spec) != "plain":
        parts.append(f'stands="{stands(record, name, spec)}"')
    parts.append(f'column="{column(name, spec)}"')
    return f"        Field({', '.join(parts)}),\n"


def module(contracts: Contracts, record: str) -> str:
    """Return the text of domain/records/<type>.py."""
    spec = contracts.records[record]
    stem = class_name(record)
    attributes = "".join(attribute(record, name, field) for name, field in in_event_order(spec.fields))
    timed = "" if not any(field.type == "datetime" for field in spec.fields.values()) else (
        '    timed: bool = True\n    """False where the source gave a day without a time, so that no rule about hours reads it."""\n'
    )  # fmt: skip
    body = (
        f'class {stem}Recorded(Fact, frozen=True):\n    """{spec.zh}: recorded."""\n\n{attributes}{timed}'
        "    defects: tuple[Defect, ...] = ()\n    extra: dict[str, str] = {}\n    changed_at: datetime | None = None\n\n\n"
        f'class {stem}Amended({stem}Recorded, frozen=True, kw_only=True):\n    """{spec.zh}: the whole new record, and the names of what changed."""\n\n'
        "    changed: tuple[str, ...]\n\n\n"
    )
    fields = "".join(described(contracts, record, name, field) for name, field in spec.fields.items())
    contract = (
        f'CONTRACT = RecordType(\n    name="{record}",\n    zh="{spec.zh}",\n    topic="{singular(record)}",\n    own_date="{OWN_DATE[record]}",\n'
        f"    fields=(\n        SOURCE,\n{fields}        CHANGED_AT,\n    ),\n    recorded={stem}Recorded,\n    amended={stem}Amended,\n)\n"
        f'register_topic("{singular(record)}.Recorded.v1", {stem}Recorded)\nregister_topic("{singular(record)}.Amended.v1", {stem}Amended)\n'
    )
    text = body + contract
    return HEAD.format(doc=f"{record} {spec.zh}.") + _imports(text) + "\n\n" + text


def _imports(text: str) -> str:
    days = [name for name in ("date", "datetime") if f": {name}" in text]
    stdlib = f"from datetime import {', '.join(days)}\n\n"
    facts = [name for name in ("Account", "Defect", "Fact", "Identity") if name in text]
    fees = "from domain.fees import FEE_IDS, FEE_NAMES\n" if "FEE_IDS" in text else ""
    return (
        f"{stdlib}from eventsourcing.utils import register_topic\n\nfrom domain.fact import {', '.join(facts)}\n{fees}"
        "from domain.form import Field, RecordType\nfrom domain.records.common import CHANGED_AT, SOURCE\n"
    )


def index(contracts: Contracts) -> str:
    """Return the text of domain/contract.py."""
    names = [name.replace("-", "_") for name in contracts.records]
    imports = "".join(f"from domain.records import {name}\n" for name in sorted(names)).replace("\n", "\n")
    listed = "".join(f'    "{record}": {record.replace("-", "_")}.CONTRACT,\n' for record in contracts.records)
    return (
        HEAD.format(doc="Every record type that the service takes in, by name.")
        + "from domain.form import Field, RecordType\n"
        + imports
        + "\nRECORD_TYPES: dict[str, RecordType] = {\n"
        + listed
        + '}\n\n__all__ = ["RECORD_TYPES", "Field", "RecordType"]\n'
    )
