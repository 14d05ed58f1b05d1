"""verify --vault: how the office's own check of its vault runs and is told; tokens and counts, never a name."""

from __future__ import annotations

from pathlib import Path

from casework.vault_check import FAULTS, SHOWN, Checked, check_vault
from domain.errors import Broken
from mingzhang.console import results, steps, write_line
from mingzhang.homes import named_home
from mingzhang.settings import Settings


def verify_vault(settings: Settings, home: Path | None, *, as_json: bool) -> None:
    """Check the vault against the ledger and tell what was found; Broken where it was tampered with."""
    with named_home(settings, home) as opened, steps() as shown:
        checked = check_vault(
            opened, actor=settings.actor,
            tell=lambda done: shown.step("核对保险库", "verifying the vault", float(done)),
        )  # fmt: skip
    if as_json:
        results.print_json(data=checked._asdict())
    else:
        _tell(checked)
    if checked.faults:
        count = len({subject for named in checked.faults.values() for subject in named})
        raise Broken(
            f"保险库有 {count} 处与账本不符：请从备份恢复保险库，并查明原因",
            f"{count} subjects of the vault do not agree with the ledger: restore the vault and find out why",
        )


def _tell(checked: Checked) -> None:
    for fault, subjects in checked.faults.items():
        zh, en = FAULTS[fault]
        for subject in subjects[:SHOWN]:
            write_line(f"{subject}\t{zh} / {en}")
        if len(subjects) > SHOWN:
            write_line(f"… {len(subjects)}\t{zh} / {en}")
    if not checked.faults:
        counted = (checked.subjects, checked.entries, checked.erased)
        write_line("已核对：保险库 {} 个主体、{} 条内容与账本一致，已删除 {} 个。".format(*counted))
        write_line("Checked: {} subjects with {} entries agree with the ledger; {} were erased.".format(*counted))
