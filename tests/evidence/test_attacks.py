"""Every attack on ledger, findings, rules, attachments and vault is found by the command, and says where it was."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.evidence import attacked
from tests.evidence.attacked import Ended, Kept, build, run, sealed_anew

Hand = Callable[[Kept], None]


class Row(NamedTuple):
    """An attack on the ledger, and where it is found."""

    hand: Hand
    kind: str
    """What is found where the log still stands."""
    position: int
    """The event at which it is found then."""


EVENTS = {
    "a byte of an event flipped": Row(attacked.a_byte, "event", 300),
    "an event deleted from the middle and the rest renumbered": Row(attacked.deleted_in_the_middle, "event", 300),
    "a back-dated event inserted": Row(attacked.inserted_back_dated, "event", 300),
    "two events swapped": Row(attacked.swapped, "event", 300),
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    return build(tmp_path_factory.mktemp("attacked"))


@pytest.fixture
def kept(built: Kept, tmp_path: Path) -> Kept:
    home = shutil.copytree(built.home, tmp_path / "home")
    return built._replace(home=home, out=shutil.copytree(built.out, tmp_path / "out"))


def verified(kept: Kept, *more: str | Path, since: Iterable[Path] | None = None) -> Ended:
    """Verify as the inspector does, with the key and the checkpoints that were kept."""
    given = [("--since", each) for each in (since if since is not None else (kept.checkpoints,))]
    older = [part for pair in given for part in pair]
    return run("--home", kept.home, "verify", *more, "--key", kept.key, *older, "--json")


def difference(ran: Ended) -> tuple[str, int, int]:
    """Return kind and span of what was found."""
    assert ran.code == 3, ran.out + ran.err
    told = json.loads(ran.out)
    return told["kind"], told["first"], told["last"]


def test_before_any_attack_everything_is_proved(kept: Kept) -> None:
    ran = verified(kept, kept.out)
    assert ran.code == 0, ran.out + ran.err
    told = json.loads(ran.out)
    assert (told["proved"], [one["size"] for one in told["since"]]) == (True, list(kept.sizes))
    assert "事件所记的" in ran.err
    assert "号筛查事件一致" in ran.err
    assert run("--home", kept.home, "project", "--rebuild").code == 0
    assert run("--home", kept.home, "verify", "--vault").code == 0


@pytest.mark.parametrize("name", EVENTS)
def test_a_changed_ledger_is_found_at_the_event(kept: Kept, name: str) -> None:
    row = EVENTS[name]
    row.hand(kept)
    assert difference(verified(kept)) == (row.kind, row.position, row.position)


@pytest.mark.parametrize("name", EVENTS)
def test_with_all_hashes_recomputed_it_is_found_between_two_checkpoints_and_by_a_copy_at_the_event(
    kept: Kept, name: str
) -> None:
    EVENTS[name].hand(kept)
    sealed_anew(kept.home)
    assert run("--home", kept.home, "verify", "--key", kept.key).code == 0
    assert difference(verified(kept)) == ("root", kept.sizes[0] + 1, kept.sizes[1])
    located = verified(kept, "--copy", kept.log, since=())
    assert difference(located) == ("event", EVENTS[name].position, EVENTS[name].position)


def test_the_last_events_deleted_are_counted(kept: Kept) -> None:
    attacked.the_end_deleted(kept)
    span = ("cut-off", kept.sizes[-1] - 1, kept.sizes[-1])
    assert difference(verified(kept)) == span
    sealed_anew(kept.home)
    assert difference(verified(kept)) == span


def test_an_older_database_is_found_and_so_is_an_older_home(kept: Kept) -> None:
    attacked.an_older_database(kept)
    assert difference(verified(kept)) == ("cut-off", kept.sizes[1] + 1, kept.sizes[2])
    older = kept._replace(home=kept.before)
    assert difference(verified(older)) == ("cut-off", kept.sizes[1] + 1, kept.sizes[2])


def test_a_fork_takes_both_readers_checkpoints(kept: Kept, tmp_path: Path) -> None:
    other = kept._replace(home=shutil.copytree(kept.home, tmp_path / "other"))
    attacked.a_byte(other)
    sealed_anew(other.home)
    both = [each.home / "log" / "checkpoint" for each in (kept, other)]
    for each, own in ((kept, both[0]), (other, both[1])):
        assert verified(each, since=[own]).code == 0
        assert difference(verified(each, since=both)) == ("fork", 1, kept.sizes[-1])


def test_edited_read_models_are_found_by_building_them_anew(kept: Kept) -> None:
    attacked.the_read_models(kept)
    ran = run("--home", kept.home, "project", "--rebuild")
    assert ran.code == 3, ran.err
    assert "differ in payments" in ran.err
    assert verified(kept).code == 0


@pytest.mark.parametrize(
    ("hand", "file"),
    [(attacked.the_findings, "suspicions.jsonl"), (attacked.the_findings_table, "findings.parquet")],
    ids=["a suspicion taken off the list", "a byte of the findings"],
)
def test_edited_findings_are_not_what_the_event_of_their_screening_says(kept: Kept, hand: Hand, file: str) -> None:
    hand(kept)
    ran = verified(kept, kept.out)
    assert ran.code == 3
    assert f"{file} in {kept.out} are not" in ran.err
    assert verified(kept).code == 0


@pytest.mark.parametrize(
    ("hand", "kind", "stream"),
    [
        (attacked.a_rules_text, "content", "screening:"),
        (attacked.a_rules_text_and_its_hash, "event", "screening:"),
        (attacked.an_attachment, "content", "suspicions:mingzhang:S1"),
        (attacked.an_attachment_taken_away, "content", "suspicions:mingzhang:S1"),
    ],
    ids=["a rule's text", "a rule's text and its hash", "an attachment", "an attachment taken away"],
)
def test_a_replaced_text_or_attachment_is_found_at_the_event_that_names_it(
    kept: Kept, hand: Hand, kind: str, stream: str
) -> None:
    hand(kept)
    ran = verified(kept)
    found = difference(ran)
    assert found[0] == kind
    assert kept.sizes[1] < found[1] == found[2] <= kept.sizes[2]
    assert stream in json.loads(ran.out)["zh"]


def test_a_tampered_vault_is_found_by_the_offices_own_verification(kept: Kept) -> None:
    attacked.the_vault(kept)
    ran = run("--home", kept.home, "verify", "--vault", "--json")
    assert ran.code == 3
    assert {fault: len(subjects) for fault, subjects in json.loads(ran.out)["faults"].items()} == {"unreadable": 2}
    assert verified(kept).code == 0
