"""Writes what is derived from domain/contracts: record classes, their index, fees, duties and the read tables."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from mingzhang.contracts import Contracts, load
from mingzhang.generated import duties, fees, records, tables

ROOT = Path(__file__).resolve().parent.parent


def outputs(contracts: Contracts) -> dict[Path, str]:
    """Return path (below the project) to text of every generated file."""
    files: dict[Path, str] = {}
    for name in contracts.records:
        files[Path("domain/records") / f"{name.replace('-', '_')}.py"] = records.module(contracts, name)
        files[Path("projections/schema") / f"{name.replace('-', '_')}.sql"] = tables.table(contracts, name)
    files[Path("domain/contract.py")] = records.index(contracts)
    files[Path("domain/fees.py")] = fees.module(contracts)
    files[Path("domain/duties.py")] = duties.module(contracts)
    return files


def main() -> int:
    """Write the files, or with --check say which of them differ (exit 1)."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 where a file differs")
    arguments = parser.parse_args()
    different = []
    for path, text in outputs(load(ROOT / "domain" / "contracts")).items():
        target = ROOT / path
        if not target.exists() or target.read_text(encoding="utf-8") != text:
            different.append(str(path))
            if not arguments.check:
                target.write_text(text, encoding="utf-8")
    for name in different:
        sys.stderr.write(f"{name}\n")
    return 1 if different and arguments.check else 0


if __name__ == "__main__":
    sys.exit(main())
