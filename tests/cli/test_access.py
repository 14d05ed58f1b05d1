"""Every look at personal data is in the ledger, and can be listed by who looked, at whom, and whose data it was."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest

from domain.cases.access import RELEASE
from ledger.home import Home
from tests.county import data_folder, number, payment, receipt, take
from tests.program import run


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which a payer of both sources, a payer of the cash register alone and a refused row were looked at."""
    folder = tmp_path_factory.mktemp("access")
    data = data_folder(
        folder / "data",
        payments=[payment("P1"), payment("P2", 2, amount="?")],
        cash_receipts=[receipt("R1", 3, amount="380")],
    )
    with closing(Home.open(folder / "home")) as home:
        take(home, data)
        for sequence, actor in ((1, "a"), (3, "b")):
            token = home.tokens.identity(number(sequence))
            found = home.vault.reveal([token], "number", reason="核查", actor=actor)
            assert found == {token: [number(sequence)]}
    return folder / "home"


def listed(home: Path, *options: str) -> list[dict[str, object]]:
    ended = run("--home", home, "access", "list", "--json", *options)
    assert ended.code == 0, ended.err
    return [json.loads(line) for line in ended.out.splitlines()]


def test_looks_are_listed_by_actor_day_person_and_source(home: Path) -> None:
    with closing(Home.open(home)) as opened:
        first, third = (opened.tokens.identity(number(sequence)) for sequence in (1, 3))
    assert [(look["actor"], look["subjects"]) for look in listed(home)][:2] == [("a", [first]), ("b", [third])]
    assert {str(look["actor"]) for look in listed(home, "--actor", "b")} == {"b"}
    assert [look["actor"] for look in listed(home, "--subject", third)] == ["b"]
    assert [look["actor"] for look in listed(home, "--source", "tax-core")][:1] == ["a"]
    assert [look["actor"] for look in listed(home, "--source", "township-ledger")] == ["b"]
    assert listed(home, "--source", "nobody") == []
    assert listed(home, "--since", "2999-01-01") == []
    assert run("--home", home, "access", "list").out.splitlines()[0].split("\t")[2:] == [
        "a", "", "其他 / other", "number", "1", "核查",
    ]  # fmt: skip


def test_exports_and_releases_of_refused_rows_are_looks_too(home: Path, tmp_path: Path) -> None:
    assert run("--home", home, "--as", "c", "quarantine", "export", "--out", tmp_path, "--reason", "上报").code == 0
    release = ("quarantine", "release", "payments.csv", "3", "--set", "amount=400", "--reason", "凭证")
    ended = run("--home", home, "--as", "d", *release)
    assert ended.code == 0, ended.err
    by_actor = {look["actor"]: look for look in listed(home)}
    assert (by_actor["c"]["command"], by_actor["c"]["purpose"], by_actor["c"]["reason"]) == (
        "quarantine", "export", "上报",
    )  # fmt: skip
    assert (by_actor["d"]["command"], by_actor["d"]["purpose"]) == ("quarantine", RELEASE)
    assert by_actor["c"]["subjects"] == by_actor["d"]["subjects"]


def test_a_screening_that_reveals_finds_the_same_as_one_that_does_not(home: Path, tmp_path: Path) -> None:
    before = len(listed(home))
    screen = ("--home", home, "--as", "e", "screen", "--position", "6", "--as-of", "2026-02-01", "--model", "none")
    for out, options in (("plain", ()), ("revealed", ("--reveal", "入户核查"))):
        ended = run(*screen, "--out", tmp_path / out, *options)
        assert ended.code in (0, 1), ended.err
    results = [(tmp_path / out / "suspicions.jsonl").read_bytes() for out in ("plain", "revealed")]
    assert results[0] == results[1]
    assert results[0].count(b"\n") > 0
    fresh = listed(home)[before:]
    assert {look["command"] for look in fresh} == {"screen"}
    assert {"masked-lists", "visit-lists"} == {look["purpose"] for look in fresh}
