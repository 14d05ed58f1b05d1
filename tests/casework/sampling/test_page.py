"""The page on sampling: its example is true, and its script repeats our draws without our code."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from casework.sampling.draw import draw
from casework.sampling.frame import Frame, read_frame
from casework.sampling.plan import Monetary, Plan, Simple, Stratified
from casework.sampling.planning import binomial_size, finite_size, poisson_size
from casework.sampling.stratified import Part, total_upper
from casework.sampling.stream import Stream, seed_of
from tests.casework.sampling.made_up import CHECKPOINT, SIGNATURE, answers, checkpoints
from tests.docs.pages import ROOT, blocks, text_of

PAGE = ROOT / "docs" / "sampling.md"


def repeated(folder: Path, frame: Frame, note: str, *words: str) -> list[str]:
    """Return the ids that the page's script draws, run by a Python that cannot see our code."""
    (script,) = blocks(PAGE, "python")
    (folder / "repeat_draw.py").write_text(script, encoding="utf-8")
    (folder / "frame.tsv").write_bytes(frame.content)
    (folder / "note.txt").write_bytes(note.encode())
    command = [sys.executable, "-I", "-S", "repeat_draw.py", "frame.tsv", "note.txt", *words]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True, timeout=60)
    return done.stdout.split()


def test_the_script_is_short_and_needs_the_standard_library_only() -> None:
    (script,) = blocks(PAGE, "python")
    assert len(script.splitlines()) <= 40
    imports = [row for row in script.splitlines() if row.startswith(("import", "from"))]
    assert {row.split()[1] for row in imports} <= sys.stdlib_module_names


@pytest.mark.parametrize(
    ("plan", "word"),
    [
        (Simple(12), "simple"), (Monetary(12), "fixed"), (Monetary(12, "cell"), "cell"),
        (Monetary(12, "random"), "random"), (Monetary(40, "random"), "random"),
    ],
)  # fmt: skip
def test_the_script_repeats_our_draws(tmp_path: Path, plan: Plan, word: str) -> None:
    frame = answers(80)
    for note in (*checkpoints(3), CHECKPOINT + SIGNATURE):
        ours = [item.id for item in draw(frame, note, plan).drawn]
        assert repeated(tmp_path, frame, note, word, str(plan.size)) == ours


def test_the_script_repeats_a_stratum(tmp_path: Path) -> None:
    frame = answers(120, townships=3)
    sample = draw(frame, CHECKPOINT, Stratified(20, bands_fen=(20_000,)))
    for stratum in sample.strata:
        township, band = stratum.name.split("/")
        amounts = ("0-20000", "20000-9999999999")[int(band)]
        ours = [item.id for item in sample.drawn if item.stratum == stratum.name]
        where = (stratum.name, f"township={township}", f"amount_fen={amounts}")
        assert repeated(tmp_path, frame, CHECKPOINT, "simple", str(stratum.drawn), *where) == ours


def test_the_worked_example_is_true(tmp_path: Path) -> None:
    (content,), (note,) = blocks(PAGE, "tsv"), blocks(PAGE, "text")[:1]
    frame, text = read_frame(content.encode()), text_of(PAGE)
    seed = seed_of(frame.sha256, note)
    assert frame.sha256 in text
    assert seed in text
    stream = Stream(seed)
    simple, fixed = draw(frame, note, Simple(2)), draw(frame, note, Monetary(3))
    assert f"below(5) = {stream.below(5)}, below(4) = {stream.below(4)}" in text
    assert f"`Simple(2)`: {', '.join(item.id for item in simple.drawn)}" in text
    assert f"`Monetary(3)`: {', '.join(item.id for item in fixed.drawn)}" in text
    assert repeated(tmp_path, frame, note, "simple", "2") == [item.id for item in simple.drawn]
    assert repeated(tmp_path, frame, note, "fixed", "3") == [item.id for item in fixed.drawn]


def test_the_figures_on_the_page_are_ours() -> None:
    text = text_of(PAGE)
    assert (binomial_size(0.05, 1, 0.95), finite_size(1200, 60, 2, 0.90), poisson_size(0.02, 0, 0.95)) == (93, 102, 150)
    assert f"{100 * total_upper([Part(1.0, 300, 3.0, 0.0, 1.0)], 0.95):.2f} %" in text
