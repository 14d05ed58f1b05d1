"""A new master key for the vault: the subjects' secrets are wrapped anew, a batch at a time; no entry is rewritten."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import pairwise
from pathlib import Path

from domain.errors import Broken, NotFound, Unreachable
from ledger.keys import KEY_BYTES, KEY_FILE, Keys, open_or_create, replace_keys
from ledger.sealing import CHECK_BYTES, Sealing, identity_of, mark_key_of
from ledger.vault import WAIT_SECONDS, Vault
from ledger.vault_contents import BATCH_ROWS, BUCKETS
from ledger.vault_store import VaultRows

Tell = Callable[[int], None]


def rotate(home: Path, place: str | None, tell: Tell, wait: int = WAIT_SECONDS) -> int:
    """Put a new master key in the place of a home's, and return how many secrets were wrapped anew.

    Both keys stand in the key file from before the first secret is changed until after the last one was, so that the
    vault can be read at every moment; whoever has it open under the old key is told to begin again. A change that was
    interrupted is ended, under the same new key. `tell` is called with the secrets done so far; `wait`: seconds to wait
    for others. NotFound: no keys; Broken: a secret that neither key opens; Unreachable: to be run again.
    """
    if not (home / KEY_FILE).exists():
        raise NotFound(
            f"{home} 中没有密钥（{KEY_FILE}）：请核对 --home", f"there are no keys ({KEY_FILE}) in {home}: check --home"
        )
    with _alone(home):
        keys = open_or_create(home)
        if keys.former_key is None:
            marks = keys.mark_key or mark_key_of(keys.algorithms, keys.master_key)
            keys = Keys(keys.token_key, os.urandom(KEY_BYTES), marks, keys.master_key, keys.algorithms)
            replace_keys(home, keys)
        with closing(Vault.open(home, keys, wait, place)) as vault:
            vault.store.write(lambda rows: _take_over(rows, vault.sealing))
            done = _rewrap(vault, tell)
            if not vault.store.purge():
                raise Unreachable(
                    "主密钥已更换，但其他进程正在读取保险库，旧密钥暂留：请稍后再次执行",
                    "the master key is changed, but another process is reading the vault, so that the old one stays: "
                    "run this again later",
                )
        replace_keys(home, Keys(keys.token_key, keys.master_key, keys.mark_key, algorithms=keys.algorithms))
    return done


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Let one process at a time change the keys of a home; Unreachable where another does."""
    handle = os.open(home / KEY_FILE.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise Unreachable(
            "另一进程正在更换主密钥：请待其结束后重试",
            "another process is changing the master key: try again when it has ended",
        ) from error
    finally:
        os.close(handle)


def _take_over(rows: VaultRows, sealing: Sealing) -> None:
    """Let the vault know the new master key, so that who has it open under the old one writes nothing more."""
    new = sealing.check_value()
    standing = rows.check_value(new)
    if sealing.is_current(standing):
        return
    if not sealing.fits(standing):
        raise Broken(
            "保险库的主密钥已由别处更换：请从更换的那台机器复制密钥文件",
            "the vault's master key was changed from elsewhere: copy the key file of the machine that changed it",
        )
    rows.set_check_value(new[:CHECK_BYTES] + identity_of(standing))


def _rewrap(vault: Vault, tell: Tell) -> int:
    batches = max(1, -(-vault.store.read(lambda rows: rows.count()) // BATCH_ROWS))
    done = 0
    for low, high in pairwise(BUCKETS * batch // batches for batch in range(batches + 1)):
        done += vault.store.write(_batch(vault.sealing, low, high))
        tell(done)
    return done


def _batch(sealing: Sealing, low: int, high: int) -> Callable[[VaultRows], int]:
    def work(rows: VaultRows) -> int:
        fresh = []
        for bucket, subject, wrapped, _, _ in rows.between(low, high):
            new = None if wrapped is None else sealing.rewrapped(subject.encode(), wrapped)
            if new is not None:
                fresh.append((new, bucket, subject))
        rows.rewrap(fresh)
        return len(fresh)

    return work
