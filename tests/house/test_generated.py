"""Everything derived from the contract is as the contract has it."""

from __future__ import annotations

from pathlib import Path

from domain.contract import RECORD_TYPES
from mingzhang.contracts import load
from mingzhang.generate import ROOT, outputs


def test_generated_files_show_no_difference() -> None:
    different = [
        str(path)
        for path, text in outputs(load(ROOT / "domain" / "contracts")).items()
        if (ROOT / path).read_text(encoding="utf-8") != text
    ]
    assert different == []


def test_every_record_type_of_the_contract_has_a_class_a_table_and_topics() -> None:
    contracts = load(ROOT / "domain" / "contracts")
    assert list(contracts.records) == list(RECORD_TYPES)
    for name, record_type in RECORD_TYPES.items():
        columns = set(record_type.recorded.__struct_fields__)
        assert {field.column for field in record_type.fields} - {"source"} <= columns
        assert (ROOT / Path("projections/schema") / f"{record_type.table}.sql").exists()
        assert issubclass(record_type.amended, record_type.recorded), name
