"""Writes docs/generated, docs/rules and docs/features: each page from what the program itself reads."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from mingzhang.documented import asyncapi, commands, events, features, lake, moves, reached, records, rules, tables

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs"
OWNED = ("generated", "rules", "features")
"""Folders below docs in which nothing is written by hand."""


def outputs() -> dict[Path, str]:
    """Return path (below docs) to text of every generated page."""
    pages = {
        Path("generated/records.md"): records.page(),
        Path("generated/tables.md"): tables.page(),
        Path("generated/lake.md"): lake.page(),
        Path("generated/events.md"): events.page(),
        Path("generated/commands.md"): commands.page(),
        Path("generated/moves.md"): moves.page(),
        Path("generated/reached.md"): reached.page(),
        Path("asyncapi.yaml"): asyncapi.page(),
    }
    pages |= {Path("rules") / name: text for name, text in rules.pages().items()}
    return pages | {Path("features") / name: text for name, text in features.pages().items()}


def differing(pages: dict[Path, str], folder: Path) -> list[Path]:
    """Return the pages that are missing or differ in the folder, and the files that no page stands for any more."""
    changed = [path for path, text in pages.items() if not _says(folder / path, text)]
    left = [path.relative_to(folder) for name in OWNED for path in (folder / name).rglob("*") if path.is_file()]
    return sorted([*changed, *(path for path in left if path not in pages)])


def write(pages: dict[Path, str], folder: Path) -> None:
    """Write the pages into the folder and remove the files that no page stands for."""
    for path in differing(pages, folder):
        target = folder / path
        if path in pages:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(pages[path], encoding="utf-8")
        else:
            target.unlink()


def _says(file: Path, text: str) -> bool:
    return file.exists() and file.read_text(encoding="utf-8") == text


def main() -> int:
    """Write the pages, or with --check say which of them differ (exit 1)."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 where a page differs")
    arguments = parser.parse_args()
    pages = outputs()
    different = differing(pages, FOLDER)
    for path in different:
        sys.stderr.write(f"{path}\n")
    if arguments.check:
        return 1 if different else 0
    write(pages, FOLDER)
    return 0


if __name__ == "__main__":
    sys.exit(main())
