"""Who acts may be said before the subcommand or behind it; nothing else that holds for the call changes by that."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from ledger.home import Home
from mingzhang.cli import app
from mingzhang.settings import Settings


def test_whoever_acts_every_other_setting_stays() -> None:
    given = Settings(Path("home"), "root", "postgresql://x", "lists", named=False, algorithms="sm")
    acting = given.acting("li")
    assert {name for name in given.__struct_fields__ if getattr(given, name) != getattr(acting, name)} == {
        "actor", "named",
    }  # fmt: skip
    assert (acting.actor, acting.named) == ("li", True)
    assert given.acting("") is given


@pytest.mark.parametrize("words", [["--as", "li", "lists", "show"], ["lists", "show", "--as", "li"]])
def test_a_home_has_the_algorithms_that_were_asked_for_wherever_as_stands(tmp_path: Path, words: list[str]) -> None:
    home = tmp_path / "home"
    done = CliRunner().invoke(app, ["--home", str(home), *words], env={"MINGZHANG_CRYPTO": "sm"})
    assert done.exit_code == 0, done.output
    with Home.open(home) as opened:
        assert opened.keys.algorithms.name == "sm"
