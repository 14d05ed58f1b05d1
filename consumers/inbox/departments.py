"""A department's folder: what it may hand in, under which source and for which purpose, and where answers go."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import msgspec
import yaml

from consumers.inbox.folders import Folder, Look, look_of
from consumers.inbox.names import DEPARTMENT, DONE, MARKER, RECEIPTS, REFUSED, is_left_alone
from domain.contract import RECORD_TYPES
from domain.errors import Malformed, Unreachable

_LARGEST = 1 << 20
_SOURCE_BYTES = 200


class Terms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """department.yaml: all of it optional."""

    source: str = ""
    """The source of rows that name none; the folder's name where it is empty."""
    types: list[str] = []
    """Record types that it hands in; any where the list is empty. One alone: whatever the files are called."""
    purpose: str = ""
    """What the data are handed over for, as the receipt repeats it."""


class Entry(NamedTuple):
    """Something that stands in a department's folder and is to be taken or refused."""

    department: str
    name: str
    look: Look
    regular: bool
    marked: bool
    """Its sender says that it is complete."""


class Desk(NamedTuple):
    """A department's folder with those in which answers are put, all held open."""

    folder: Folder
    done: Folder
    refused: Folder
    receipts: Folder


@contextmanager
def desk_of(inbox: Folder, department: str, *, create: bool = False) -> Iterator[Desk]:
    """Open a department's folders, those for answers made where they are missing; Unreachable, OSError.

    create: make the department's own folder again, which somebody removed while its file was being taken.
    """
    with (
        inbox.below(department, create=create) as folder,
        folder.below(DONE, create=True) as done,
        folder.below(REFUSED, create=True) as refused,
        folder.below(RECEIPTS, create=True) as receipts,
    ):
        for each in (folder, done, refused, receipts):
            if not each.writable():
                raise Unreachable(
                    f"文件夹 {each.path} 不能写入：请给本程序的用户写权限",
                    f"the folder {each.path} cannot be written: give this program's user the right to",
                )
        yield Desk(folder, done, refused, receipts)


def terms_of(folder: Folder) -> Terms:
    """Read department.yaml; Malformed where it has another form, OSError where it cannot be read."""
    content = folder.read(DEPARTMENT, _LARGEST)
    if content is None:
        return Terms()
    place = f"{folder.path.name}/{DEPARTMENT}"
    try:
        terms = msgspec.convert(yaml.safe_load(content.decode("utf-8-sig")) or {}, Terms)
    except (yaml.YAMLError, msgspec.ValidationError, ValueError, TypeError, RecursionError) as error:
        why = " ".join(str(error).split())
        raise Malformed(f"{place} 格式有误：{why}", f"{place} has not the expected form: {why}") from error
    unknown = sorted(set(terms.types) - set(RECORD_TYPES))
    if unknown:
        named = ", ".join(unknown)
        raise Malformed(f"{place}：没有记录类型 {named}", f"{place}: no such record type: {named}")
    if not terms.source.isprintable() or len(terms.source.encode("utf-8", "replace")) > _SOURCE_BYTES:
        raise Malformed(
            f"{place}：source 有控制字符或超过 200 字节",
            f"{place}: source holds a control character or is longer than 200 bytes",
        )
    return terms


def entries_of(department: str, folder: Folder) -> tuple[list[Entry], int]:
    """Return what is to be looked at in a department's folder, and how many names are left alone in it."""
    standing = dict(folder.entries())
    entries, alone = [], 0
    for name, found in standing.items():
        if stat.S_ISDIR(found.st_mode):
            alone += name not in (DONE, REFUSED, RECEIPTS)
        elif is_left_alone(name):
            alone += name != DEPARTMENT
        elif name.endswith(MARKER):
            alone += name.removesuffix(MARKER) not in standing
        else:
            regular, marked = stat.S_ISREG(found.st_mode), f"{name}{MARKER}" in standing
            entries.append(Entry(department, name, look_of(found), regular, marked))
    return entries, alone
