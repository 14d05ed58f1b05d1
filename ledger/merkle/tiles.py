"""The files of a log as C2SP tlog-tiles lays them out: hash tiles, entry bundles, and reading them back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from domain.errors import Broken, NotFound
from ledger.failures import unwritable
from ledger.merkle.frontier import WIDTH, Frontier, Tile
from ledger.merkle.hashing import HASH_BYTES

LENGTH_BYTES = 2
"""Before each entry of a bundle, big-endian."""


def tile_name(level: int | str, index: int, width: int = WIDTH) -> str:
    """Return a tile's path below the log; `level` may be "entries". A full tile has no width in its name."""
    digits = f"{index:03d}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    parts = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    number = "/".join([*(f"x{part}" for part in parts[:-1]), parts[-1]])
    return f"tile/{level}/{number}" + ("" if width == WIDTH else f".p/{width}")


def bundle(entries: Sequence[bytes]) -> bytes:
    """Return the content of an entry bundle: each entry after its length."""
    return b"".join([part for entry in entries for part in (len(entry).to_bytes(LENGTH_BYTES, "big"), entry)])


def unbundled(content: bytes) -> list[bytes]:
    """Return the entries of a bundle; a cut-off last one is returned as far as it is there."""
    entries, at = [], 0
    while at < len(content):
        length = int.from_bytes(content[at : at + LENGTH_BYTES], "big")
        at += LENGTH_BYTES
        entries.append(content[at : at + length])
        at += length
    return entries


class Tiles:
    """The folder of a log, for reading; `folder` holds checkpoint, key.pub and tile/."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def content(self, level: int | str, index: int, width: int) -> bytes:
        """Return a tile of a width, or a bundle, as bytes; NotFound where neither it nor the full one is there."""
        for had in dict.fromkeys((width, WIDTH)):
            name = tile_name(level, index, had)
            try:
                found = (self.folder / name).read_bytes()
            except FileNotFoundError:
                continue
            except OSError as error:
                raise unwritable(error, self.folder / name) from error
            if had == width:
                return found
            return bundle(unbundled(found)[:width]) if level == "entries" else found[: width * HASH_BYTES]
        missing = self.folder / tile_name(level, index, width)
        raise NotFound(
            f"日志缺少文件 {missing}：请从备份恢复 {self.folder}",
            f"the log lacks the file {missing}: restore {self.folder} from a backup",
        )

    def hashes(self, level: int, index: int, width: int) -> list[bytes]:
        """Return the hashes of a tile; NotFound, Broken where there are fewer."""
        content = self.content(level, index, width)
        if len(content) != width * HASH_BYTES:
            name = self.folder / tile_name(level, index, width)
            raise Broken(
                f"{name} 应有 {width} 个摘要，实有 {len(content)} 字节",
                f"{name} should hold {width} hashes, but has {len(content)} bytes",
            )
        return [content[at : at + HASH_BYTES] for at in range(0, len(content), HASH_BYTES)]

    def entry(self, index: int, size: int) -> bytes:
        """Return an entry of the log of a size; NotFound, Broken."""
        number = index // WIDTH
        entries = unbundled(self.content("entries", number, min(WIDTH, size - number * WIDTH)))
        if index % WIDTH >= len(entries):
            raise Broken(f"日志条目 {index} 缺失", f"entry {index} is missing from its bundle")
        return entries[index % WIDTH]

    def frontier(self, size: int) -> Frontier:
        """Return the right edge of the tree of a size, from its last tiles; NotFound, Broken."""
        return Frontier(size, [self.hashes(level, index, width) if width else [] for level, index, width in edge(size)])


def edge(size: int) -> Iterator[tuple[int, int, int]]:
    """Yield level, index and width of the last tile of each level of a tree; width 0 where all its tiles are full."""
    level, count = 0, size
    while count:
        yield level, count // WIDTH, count % WIDTH
        level, count = level + 1, count // WIDTH


def files_of(tiles: Sequence[Tile]) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of each tile."""
    for tile in tiles:
        yield tile_name(tile.level, tile.number, len(tile.hashes)), b"".join(tile.hashes)
