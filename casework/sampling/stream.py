"""The public seed and the stream of chance drawn from it, written down so that any language can repeat both."""

from __future__ import annotations

from hashlib import sha256

from domain.errors import Malformed

SCHEME = "mingzhang-sample/1"
"""First line of what the seed is the hash of; another way of drawing would have another."""
_SPACE = 1 << 256


def seed_of(frame_sha256: str, checkpoint: str) -> str:
    """Return the seed: SHA-256, in hexadecimal digits, over SCHEME, the frame's hash and the checkpoint, a line each.

    Of the checkpoint counts what is signed (origin, size and root), not the signatures, of which witnesses add more.
    Malformed: the checkpoint is empty or its line ends were changed.
    """
    signed = (checkpoint.rpartition("\n\n")[0] or checkpoint).rstrip("\n")
    if not signed.strip() or "\r" in checkpoint:
        raise Malformed(
            "检查点为空，或换行符被改动；请给出原样的检查点文件",
            "the checkpoint is empty, or its line ends were changed; expected the file as it was published",
        )
    return sha256(f"{SCHEME}\n{frame_sha256}\n{signed}\n".encode()).hexdigest()


class Stream:
    """Whole numbers by chance: block i is SHA-256 over 'seed/label/i' as text, read as one number of 256 bits."""

    def __init__(self, seed: str, label: str = "") -> None:
        self._name = f"{seed}/{label}"
        self._next = 0

    def below(self, limit: int) -> int:
        """Return a number of 0 to limit - 1, all alike: blocks in the uneven rest at the top are passed over."""
        top = _SPACE - _SPACE % limit
        while True:
            block = int.from_bytes(sha256(f"{self._name}/{self._next}".encode()).digest())
            self._next += 1
            if block < top:
                return block % limit

    def some_of(self, population: int, size: int) -> list[int]:
        """Return `size` different places of 0 to population - 1 in the order drawn (Fisher and Yates).

        A longer draw of the same stream begins with the shorter one.
        """
        moved: dict[int, int] = {}
        drawn = []
        for place in range(size):
            other = place + self.below(population - place)
            drawn.append(moved.get(other, other))
            moved[other] = moved.get(place, place)
        return drawn
