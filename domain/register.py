"""What the ledger keeps of the paper cash register: the scans of its pages, by their hash."""

from __future__ import annotations

from eventsourcing.utils import register_topic

from domain.fact import Fact

KIND = "register-scans"
TOPIC = "register.PageScanned.v1"


class RegisterPageScanned(Fact, frozen=True):
    """A township handed in the scan of pages of its cash register."""

    township: str
    page: str
    """Book and page as written on the paper, such as 3-12; several pages of one file as 3-12..3-20."""
    scan: str
    """SHA-256 of the file, which stands among the objects."""
    kind: str
    """PDF, JPEG or PNG, as its bytes say."""
    bytes: int


register_topic(TOPIC, RegisterPageScanned)
