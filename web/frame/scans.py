"""Photos and scans that are handed in: small enough, of a known type by their bytes, and whole.

No virus scanner is asked: what is checked is the type and the structure, and files are given out as downloads only.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable

from domain.errors import Malformed

MOST_BYTES = 10 << 20
PDF, JPEG, PNG = "PDF", "JPEG", "PNG"
MEDIA = {PDF: "application/pdf", JPEG: "image/jpeg", PNG: "image/png"}
ENDINGS = {PDF: "pdf", JPEG: "jpg", PNG: "png"}
_PNG_BEGINS = b"\x89PNG\r\n\x1a\n"
_ACTIVE = (b"/JavaScript", b"/JS", b"/Launch", b"/EmbeddedFile", b"/RichMedia", b"/XFA")
"""What a scan never has: programs and files inside. Compressed parts of a PDF are not looked into."""
_TAIL = 2048
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})
"""JPEG markers without a length."""


def kind_of_scan(content: bytes) -> str:
    """Return PDF, JPEG or PNG; Malformed where the content is none of them, cut off, too large, or holds programs."""
    if len(content) > MOST_BYTES:
        raise Malformed(
            f"文件有 {len(content) / 1e6:.1f} MB，最多 {MOST_BYTES / 1e6:.0f} MB：请缩小照片或分成几个文件",
            f"the file has {len(content) / 1e6:.1f} MB; at most {MOST_BYTES / 1e6:.0f} MB: shrink or split it",
        )
    for begins, kind, whole in _KINDS:
        if content.startswith(begins):
            if not whole(content):
                raise Malformed(
                    f"{kind} 文件不完整，或含有程序、附件：请重新扫描后上传",
                    f"the {kind} is cut off, or holds programs or files: scan the paper again",
                )
            return kind
    raise Malformed("附件应为 PDF、JPEG 或 PNG 文件", "a PDF, JPEG or PNG file is expected")


def _whole_pdf(content: bytes) -> bool:
    ends = b"%%EOF" in content[-_TAIL:] and b"startxref" in content[-_TAIL:]
    return ends and not any(word in content for word in _ACTIVE)


def _whole_png(content: bytes) -> bool:
    """Whether its chunks follow each other with right check sums, from the header to the end."""
    place, first = len(_PNG_BEGINS), True
    while place + 12 <= len(content):
        length = int.from_bytes(content[place : place + 4], "big")
        name, end = content[place + 4 : place + 8], place + 8 + length
        if end + 4 > len(content) or first != (name == b"IHDR"):
            return False
        if zlib.crc32(content[place + 4 : end]) != struct.unpack(">I", content[end : end + 4])[0]:
            return False
        if name == b"IEND":
            return end + 4 == len(content)
        place, first = end + 4, False
    return False


def _whole_jpeg(content: bytes) -> bool:
    """Whether its segments lead to a scan of pixels, which ends as one does."""
    place = 2
    while place + 4 <= len(content) and content[place] == 0xFF:
        marker = content[place + 1]
        if marker in _ALONE or marker == 0xFF:
            place += 1 if marker == 0xFF else 2
            continue
        if marker == 0xDA:
            return content.rstrip(b"\0").endswith(b"\xff\xd9")
        length = int.from_bytes(content[place + 2 : place + 4], "big")
        if length < 2:
            return False
        place += 2 + length
    return False


_KINDS: tuple[tuple[bytes, str, Callable[[bytes], bool]], ...] = (
    (b"%PDF-", PDF, _whole_pdf),
    (b"\xff\xd8\xff", JPEG, _whole_jpeg),
    (_PNG_BEGINS, PNG, _whole_png),
)
