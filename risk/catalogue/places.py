"""Where in a TOML file something stands: turns a path of keys into a line number."""

from __future__ import annotations

import re
from collections.abc import Sequence

Step = str | int
_HEADER = re.compile(r"^\s*\[{1,2}\s*([A-Za-z0-9_.\-]+)\s*\]{1,2}\s*(?:#.*)?$")
_STEP = re.compile(r"\.([A-Za-z0-9_\-]+)|\[(\d+|\.\.\.)\]")


def steps_of(path: str) -> list[Step]:
    """Return the steps of a msgspec path: `$.parameters[1].note` gives parameters, 1, note."""
    steps: list[Step] = []
    for key, index in _STEP.findall(path):
        if key:
            steps.append(key)
        elif index.isdigit():
            steps.append(int(index))
    return steps


def line_of(text: str, steps: Sequence[Step]) -> int:
    """Return the line (from 1) where the deepest step that can be found stands; 1 where none can."""
    lines = text.splitlines()
    first, last, found = 0, len(lines), 1
    position = 0
    while position < len(steps):
        key = str(steps[position])
        following = steps[position + 1] if position + 1 < len(steps) else None
        block = _nth_block(lines, key, following if isinstance(following, int) else 0)
        if position == 0 and block is not None:
            first, last = block
            found = first + 1
            position += 2 if isinstance(following, int) else 1
            continue
        inside = _key_line(lines, key, first, last)
        if inside is not None:
            first, found = inside, inside + 1
        position += 1
    return found


def _nth_block(lines: list[str], name: str, index: int) -> tuple[int, int] | None:
    headers = [(number, match[1]) for number, line in enumerate(lines) if (match := _HEADER.match(line))]
    own = [place for place, (_, header) in enumerate(headers) if header == name]
    if index >= len(own):
        return None
    place = own[index]
    later = [number for number, header in headers[place + 1 :] if not header.startswith(f"{name}.")]
    return headers[place][0], later[0] if later else len(lines)


def _key_line(lines: list[str], key: str, first: int, last: int) -> int | None:
    pattern = re.compile(rf"(?:^|[{{,\s])\"?{re.escape(key)}\"?\s*=")
    for number in range(first, min(last, len(lines))):
        if pattern.search(lines[number]):
            return number
    return None
