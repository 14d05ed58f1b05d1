"""The figures of a process that takes from an inbox."""

from __future__ import annotations

from consumers.metrics import WAITING, Described, Registry

FILES = "mingzhang_inbox_files_total"
ROWS = "mingzhang_inbox_rows_total"
WAITING_FILES = "mingzhang_inbox_files_waiting"
LEFT_ALONE = "mingzhang_inbox_left_alone"
BLOCKED = "mingzhang_inbox_departments_blocked"

INBOX_FIGURES = (
    Described(FILES, "counter", "Files taken or refused, by department."),
    Described(ROWS, "counter", "Rows of files, by record type and by what became of them."),
    Described(WAITING_FILES, "gauge", "Files that stand in the inbox and are not yet taken."),
    Described(LEFT_ALONE, "gauge", "Names in departments' folders that are no files handed in."),
    Described(BLOCKED, "gauge", "Departments whose folder or department.yaml cannot be used."),
    Described(WAITING, "gauge", "1 while a component that is needed does not answer."),
)
"""Every figure of `consume --inbox`."""


def inbox() -> Registry:
    """Return a registry of the inbox's figures."""
    return Registry(INBOX_FIGURES)
