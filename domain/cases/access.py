"""A look at personal data, or their leaving the house: remembered before anything is shown, so that none is unseen."""

from __future__ import annotations

from eventsourcing.utils import register_topic

from domain.fact import Fact

TOPIC = "access.Recorded.v1"
MASKED_LISTS = "masked-lists"
VISIT_LISTS = "visit-lists"
RELEASE = "release"
EXPORT = "export"
VERIFICATION = "verification"
CASEWORK = "casework"
OTHER = "other"

PURPOSES = {
    MASKED_LISTS: ("脱敏清单", "masked lists"),
    VISIT_LISTS: ("入户核查名单（明文）", "list of visits, in clear"),
    RELEASE: ("更正并放行被拒记录", "release of a refused record"),
    EXPORT: ("导出隔离区", "export of the quarantine"),
    VERIFICATION: ("核对保险库，不显示", "verification of the vault, nothing is shown"),
    CASEWORK: ("办理：答复、说明的原文", "casework: answers and notes in clear"),
    OTHER: ("其他", "other"),
}
"""What personal data are looked at for, with the words for it in Chinese and English."""


class AccessRecorded(Fact, frozen=True):
    """Personal data were about to be revealed or to leave the house: to whom, why, what, and of whom."""

    kind: str
    """name, number, account, phone, address, row:<file>:<line> ... of the vault; quarantine for an export of it."""
    purpose: str
    """masked-lists, visit-lists, release, export, verification, casework or other."""
    command: str
    """The command that asked; empty where it was no command."""
    reason: str
    count: int
    """How many subjects were asked for; -1 where all of the vault were."""
    subjects: tuple[str, ...] = ()
    """Whom it was about, as the vault calls them: tokens, name:<token>, account:<token>, file:<sha256> ..."""


register_topic(TOPIC, AccessRecorded)
