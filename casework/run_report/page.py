"""Draws the page of a screening: both languages one after the other, styles inside, nothing loaded from anywhere."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from casework.outputs import replacing
from casework.run_report.content import Run, RunReport, told

NAME = "report.html"
TEMPLATES = Path(__file__).parent / "templates"
LANGUAGES = (("zh-CN", 0), ("en", 1))
"""Language of a half of the page, and which of a pair of texts it shows."""


def drawn(report: RunReport) -> str:
    """Return the page; everything in it is escaped."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    style = (TEMPLATES / "report.css").read_text(encoding="utf-8")
    return made.get_template(NAME).render(report=report, languages=LANGUAGES, style=style)


def write_report(run: Run, out: Path) -> None:
    """Write OUT/report.html; it appears whole or not at all, and equal runs give equal bytes. OSError."""
    page = drawn(told(run)).encode()
    with replacing(out / NAME) as file:
        file.write(page)
