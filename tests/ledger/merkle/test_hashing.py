"""Hashes and proofs against the published vectors of RFC 6962, and against a tree computed by its definition."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.merkle.frontier import Frontier
from ledger.merkle.hashing import EMPTY_ROOT, is_consistent, leaf_hash, leaf_hashes, node_hash, root_of_inclusion
from ledger.merkle.notes import read_note, read_verifier_key, verified

LEAVES = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
"""Of the first one to eight leaves: the vectors that implementations of RFC 6962 share."""


def by_definition(leaves: list[bytes]) -> bytes:
    """The root as RFC 9162 section 2.1.1 defines it."""
    if not leaves:
        return EMPTY_ROOT
    if len(leaves) == 1:
        return leaf_hash(leaves[0])
    split = 1 << ((len(leaves) - 1).bit_length() - 1)
    return node_hash(by_definition(leaves[:split]), by_definition(leaves[split:]))


@pytest.mark.parametrize("count", range(1, 9))
def test_roots_are_those_of_the_published_vectors(count: int) -> None:
    frontier = Frontier()
    frontier.extend(leaf_hashes(LEAVES[:count]))
    assert frontier.root().hex() == ROOTS[count - 1]


def test_an_empty_tree_has_the_hash_of_nothing() -> None:
    assert Frontier().root().hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@settings(deadline=None)
@given(st.lists(st.integers(0, 700), min_size=1, max_size=6))
def test_any_batching_of_the_leaves_gives_the_root_of_the_definition(batches: list[int]) -> None:
    frontier, leaves = Frontier(), list[bytes]()
    for count in batches:
        part = [f"{len(leaves) + number}".encode() for number in range(count)]
        frontier.extend(leaf_hashes(part))
        leaves += part
    assert frontier.size == len(leaves)
    assert frontier.root() == by_definition(leaves)


def test_a_proof_of_other_length_leads_nowhere() -> None:
    path = [leaf_hash(b"a"), leaf_hash(b"b")]
    assert root_of_inclusion(0, 2, leaf_hash(b"x"), path) is None
    assert root_of_inclusion(0, 8, leaf_hash(b"x"), path) is None
    assert root_of_inclusion(3, 3, leaf_hash(b"x"), []) is None


def test_consistency_wants_equal_roots_of_equal_sizes_and_nothing_to_prove_of_an_empty_tree() -> None:
    one, other = leaf_hash(b"a"), leaf_hash(b"b")
    assert is_consistent(1, one, 1, one, [])
    assert not is_consistent(1, one, 1, other, [])
    assert is_consistent(0, EMPTY_ROOT, 5, other, [])
    assert not is_consistent(0, one, 5, other, [])


def test_a_note_signed_by_another_implementation_is_verified() -> None:
    key = read_verifier_key("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    text = (
        "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
        "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
    )
    assert verified(read_note(text), key) == 0
    assert verified(read_note(text.replace("answer", "anwser")), key) is None
