"""Tables of what was seen: they know again what they hold, forget when full, and never invent."""

from __future__ import annotations

import random

import pytest

from domain.fact import Identity
from ledger.remembered import Identities, Key, Seen


def person(number: int) -> tuple[Key, Identity]:
    """Return a key and what stands under it."""
    name = f"名{number}" if number % 3 else None
    token = f"T{number:021d}"
    born = 1900 + number % 100 if number % 5 else None
    return (f"65312319{number:010d}", "resident-id", name), Identity(
        token, born=born, sex="mf"[number % 2] if born else None, name_birth=f"N{number:021d}" if name else None
    )


def test_what_was_added_is_not_new_again_and_what_was_not_is() -> None:
    seen, chance = Seen(1 << 16), random.Random(1)
    known = [chance.getrandbits(64) - (1 << 63) for _ in range(10_000)]
    assert seen.add(known).all()
    again = seen.add([*known, 5])
    assert again[-1]
    assert again[:-1].sum() < 100
    assert seen.add([5, 6]).tolist() == [False, True]


def test_zero_is_a_hash_like_others() -> None:
    seen = Seen()
    assert seen.add([0, 7]).tolist() == [True, True]
    assert seen.add([0, 7, 8]).tolist() == [False, False, True]


def test_a_full_table_forgets_some_and_never_knows_what_it_has_not_seen() -> None:
    seen, chance = Seen(1 << 12), random.Random(2)
    known = [chance.getrandbits(63) for _ in range(20_000)]
    for start in range(0, len(known), 1000):
        assert seen.add(known[start : start + 1000]).all()
    assert 0 < seen.add(known[-2000:]).sum() < 2000
    assert seen.add([chance.getrandbits(63) for _ in range(2000)]).all()


def test_an_identity_comes_back_as_it_was_kept() -> None:
    memory = Identities()
    people = [person(number) for number in range(30_000)]
    for start in range(0, len(people), 5000):
        part = people[start : start + 5000]
        memory.keep([key for key, _ in part], [each for _, each in part])
    found = memory.find([key for key, _ in people])
    assert sum(one is not None for one in found) > 0.95 * len(people)
    assert all(one in (None, each) for one, (_, each) in zip(found, people, strict=True))
    assert memory.find([person(number)[0] for number in range(30_000, 31_000)]) == [None] * 1000


def test_one_number_with_another_name_or_paper_is_another_key() -> None:
    memory = Identities()
    key, identity = person(1)
    memory.keep([key], [identity])
    others: list[Key] = [(key[0], key[1], "别名"), (key[0], "passport", key[2]), (key[0], key[1], None)]
    assert memory.find([key, *others]) == [identity, None, None, None]


@pytest.mark.parametrize(
    "identity", [Identity("T" * 22, valid=False), Identity("T" * 22, valid=False, near=("N" * 22,))]
)
def test_a_number_that_does_not_hold_is_not_remembered(identity: Identity) -> None:
    memory = Identities()
    memory.keep([("1", "resident-id", None)], [identity])
    assert memory.find([("1", "resident-id", None)]) == [None]


def test_memory_has_a_size_that_it_does_not_pass() -> None:
    memory = Identities(1 << 10)
    people = [person(number) for number in range(5000)]
    memory.keep([key for key, _ in people], [each for _, each in people])
    found = memory.find([key for key, _ in people])
    assert 200 < sum(one is not None for one in found) <= 1 << 10
    assert all(one in (None, each) for one, (_, each) in zip(found, people, strict=True))
