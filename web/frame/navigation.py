"""The navigation: groups of pages, each with its address, its words, and the action that one must be permitted."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

Say = Callable[[str], str]
FLAT_UP_TO = 6
"""Entries that stand in one row; more of them are shown group by group."""


class Entry(msgspec.Struct, frozen=True):
    """A page that the user may open, or a group of them under its first page."""

    path: str
    text: str
    current: bool


class Navigation(msgspec.Struct, frozen=True):
    """What stands above a page."""

    groups: tuple[Entry, ...] = ()
    """Empty where all entries stand in one row."""
    entries: tuple[Entry, ...] = ()
    """Of the group that the page belongs to."""


def pages(say: Say) -> tuple[tuple[str, tuple[tuple[str, str, str], ...]], ...]:
    """Return the groups with their pages: path, words, action."""
    return (
        (say("办理"), (
            ("/", say("概览"), "status.read"),
            ("/suspicions", say("疑点"), "suspicions.read"),
            ("/lists", say("清单"), "lists.read"),
            ("/review", say("复核"), "answers.review"),
            ("/spot-checks", say("抽查"), "records.read"),
            ("/referrals", say("移送"), "records.read"),
        )),
        (say("全县"), (
            ("/collectors", say("代收人"), "collectors.read"),
            ("/terminals", say("终端"), "records.read"),
            ("/villages", say("村（社区）"), "records.read"),
            ("/register", say("现金台账"), "registers.read"),
            ("/reconciliation", say("对账"), "records.read"),
            ("/duties", say("职责"), "duties.read"),
            ("/office", say("部门待办"), "duties.read"),
        )),
        (say("方法"), (
            ("/rules", say("规则"), "rules.read"),
            ("/model", say("模型"), "screenings.read"),
            ("/runs", say("筛查"), "screenings.read"),
            ("/policy", say("政策"), "policy.read"),
        )),
        (say("数据与账本"), (
            ("/data", say("数据"), "data.read"),
            ("/quarantine", say("隔离区"), "quarantine.read"),
            ("/ledger", say("账本"), "log.entries"),
            ("/access", say("查看登记"), "audit.read"),
        )),
        (say("系统"), (
            ("/work", say("后台任务"), "work.read"),
            ("/users", say("用户"), "users.read"),
            ("/status", say("运行状态"), "status.read"),
        )),
    )  # fmt: skip


def navigation(say: Say, path: str, permits: Callable[[str], bool]) -> Navigation:
    """Return what somebody may open, the page at `path` being marked."""
    groups = [
        (group, [Entry(where, text, _within(path, where)) for where, text, action in entries if permits(action)])
        for group, entries in pages(say)
    ]
    groups = [(group, entries) for group, entries in groups if entries]
    flat = [entry for _, entries in groups for entry in entries]
    if len(flat) <= FLAT_UP_TO:
        return Navigation(entries=tuple(flat))
    here = next((entries for _, entries in groups if any(each.current for each in entries)), [])
    return Navigation(
        tuple(Entry(entries[0].path, group, entries is here) for group, entries in groups), tuple(here)
    )


def _within(path: str, where: str) -> bool:
    return path == where or (where != "/" and path.startswith(f"{where}/"))
