"""How a proof, or the first difference, is told: in a sentence that can be read aloud, or as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from casework.evidence.checking import PackProved
from intake.parsing import CHINA
from ledger.merkle.differences import Difference
from ledger.merkle.notes import VerifierKey
from ledger.merkle.verifying import Proved
from mingzhang.console import results, say, write_line


def say_proved(proved: Proved, public: VerifierKey, *, own_key: bool, as_json: bool) -> None:
    """Say what the verification of a whole log has proved."""
    if as_json:
        results.print_json(
            data={
                "proved": True, "origin": proved.checkpoint.origin, "size": proved.checkpoint.size,
                "root": proved.checkpoint.root.hex(), "unsealed": proved.unsealed,
                "since": [{"name": one.name, "size": one.checkpoint.size} for one in proved.older],
                "earlier": None if proved.earlier is None else msgspec.to_builtins(proved.earlier),
                "dated_back": None if proved.dated_back is None else msgspec.to_builtins(proved.dated_back),
            }
        )  # fmt: skip
        return
    for line in sentences(proved):
        write_line(line)
    if own_key:
        _say_own_key(public)
    if proved.unsealed:
        say(f"另有 {proved.unsealed} 条事件尚未封存", f"{proved.unsealed} further events are not sealed yet")


def sentences(proved: Proved) -> tuple[str, str]:
    """Return in Chinese and English what is proved, and what is not."""
    zh, en = _with_times(*_proof(proved), proved)
    if proved.earlier is None:
        return zh, en
    read = proved.earlier
    began, until = (f"{at.astimezone(CHINA):%Y-%m-%d %H:%M}" for at in (read.began, read.until))
    return (
        f"{zh}其中第 1 至 {read.size} 号是此前中断的核对在 {began} 至 {until} 读取的，本次未重读，只比对了根摘要。",
        (
            f"{en} Of these, events 1 to {read.size} were read by a run that was interrupted, between {began} and "
            f"{until}; this run has not read them again, only compared their root."
        ),
    )


def _with_times(zh: str, en: str, proved: Proved) -> tuple[str, str]:
    """Return the sentences with what the events' own times say against their order."""
    back = proved.dated_back
    if back is None:
        return zh, en
    at, behind = (f"{moment.astimezone(CHINA):%Y-%m-%d %H:%M}" for moment in (back.at, back.behind))
    zh += (
        f"注意：有 {back.count} 条事件自称的时间比排在前面的早一天以上（首条为第 {back.first} 号，自称 {at}，"
        f"前面已有 {behind} 的）：时钟曾被拨回，或时间是倒填的。"
    )
    en += (
        f" Note: {back.count} events say a time more than a day before that of events ahead of them (the first, "
        f"{back.first}, says {at}; one ahead of it {behind}): the clock was set back, or they were dated back."
    )
    return zh, en


def _proof(proved: Proved) -> tuple[str, str]:
    size, count = proved.checkpoint.size, len(proved.older)
    if not count:
        zh = f"已核对：第 1 至 {size} 号事件与日志自身的检查点一致；没有早先的检查点，不能证明日志未被整体重做。"
        en = (
            f"Checked: events 1 to {size} agree with the log's own checkpoint; without an older one (--since) this "
            "does not prove that the whole log was not made anew."
        )
        return zh, en
    first = proved.older[0].checkpoint.size
    zh = (
        f"已证明：自 {count} 个早先的检查点（最早 {first} 条）以来，第 1 至 {size} 号事件"
        "没有一条被改动、插入、删除、调换或截去。"
    )
    en = (
        f"Proved: since {count} older checkpoints (the first of {first} events) none of the events 1 to {size} "
        "was changed, inserted, removed, swapped or cut off."
    )
    return zh, en


def say_pack(proved: PackProved, *, own_key: bool, as_json: bool) -> None:
    """Say what an evidence pack has proved."""
    if as_json:
        results.print_json(
            data={
                "proved": True, "suspicion_id": proved.suspicion_id, "events": proved.events,
                "origin": proved.checkpoint.origin, "size": proved.checkpoint.size,
                "root": proved.checkpoint.root.hex(), "exported_by": proved.exported.envelope.actor,
                "reason": proved.exported.reason,
            }
        )  # fmt: skip
        return
    for line in pack_sentences(proved):
        write_line(line)
    if own_key:
        _say_own_key(proved.key)


def pack_sentences(proved: PackProved) -> tuple[str, str]:
    """Return in Chinese and English what an evidence pack has proved."""
    size = proved.checkpoint.size
    zh = f"已证明：证据包中 {proved.events} 条事件都在日志（{size} 条）中，一字未改；疑点、规则与附件就是导出时的内容。"
    en = (
        f"Proved: the {proved.events} events of the pack stand in the log of {size}, to the byte; finding, rules and "
        "attachments are what was exported."
    )
    return zh, en


@contextmanager
def showing_differences(*, as_json: bool) -> Iterator[None]:
    """Show both sides of the difference that ends the block, or all of it as JSON; it is raised all the same."""
    try:
        yield
    except Difference as difference:
        _show(difference, as_json=as_json)
        raise


def _show(difference: Difference, *, as_json: bool) -> None:
    if as_json:
        results.print_json(
            data={
                "proved": False, "kind": difference.kind, "first": difference.first, "last": difference.last,
                "zh": difference.zh, "en": difference.en, "evidence": list(difference.evidence),
            }
        )  # fmt: skip
        return
    for line in difference.evidence:
        write_line(line)


def _say_own_key(public: VerifierKey) -> None:
    say(
        f"公钥取自所核对的材料本身（{public.name}+{public.key_id.hex()}），请与您保存的 key.pub 比对",
        f"the key came with what was verified ({public.name}+{public.key_id.hex()}): compare it with the one you kept",
    )
