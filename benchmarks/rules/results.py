"""What one process measures over one size of the province, as it hands it back."""

from __future__ import annotations

import msgspec


class Operator(msgspec.Struct, frozen=True):
    """A step of a query plan: what it does, its seconds over all threads and the rows that it gives on."""

    kind: str
    what: str
    seconds: float
    rows: int


class RuleTime(msgspec.Struct):
    """One rule over one size; times are wall seconds, medians where it ran more than once."""

    rule: str
    outcome: str
    findings: int
    seconds: float
    """As in a screening: planning, query, reasons."""
    planning_s: float
    """Of it: parsing and planning, which do not grow with the data."""
    query_s: float
    """Of it: planning and query until the rows are there; the rest is the sentences of the findings."""
    cpu_s: float
    """Processor seconds of all threads, which other work on the machine hardly changes."""
    scan_s: float = 0.0
    """One scan of the columns that it names of the tables and views that it reads."""
    aggregate_s: float = 0.0
    """One hash aggregate of each of them by county and key."""
    reads: tuple[str, ...] = ()
    operators: tuple[Operator, ...] = ()
    """Of a rule above the limit: where its time goes."""

    @property
    def ratio(self) -> float:
        """The rule over its yardstick."""
        return self.seconds / max(self.scan_s + self.aggregate_s, 1e-9)


class SizeTime(msgspec.Struct):
    """All rules over one size."""

    counties: int
    payments: int
    records: int
    """Rows of all read tables, every version."""
    threads: int
    views: dict[str, float]
    """Seconds of each shared view, in the order in which they are built."""
    world_cpu_s: float
    """Processor seconds of the whole world."""
    policy_s: float
    """Seconds of all else that the world takes: as-of views, amendments, policy."""
    rules: list[RuleTime]
    ordering_s: float
    """Putting all findings in order, once at the end."""
    peak_world_mb: int
    """Most memory of the process when the world stood, and when every rule had run once."""
    peak_rules_mb: int
    load: float
    """Load average of the machine over the minute before."""

    @property
    def views_s(self) -> float:
        """Seconds of all shared views."""
        return sum(self.views.values())

    @property
    def rules_s(self) -> float:
        """Seconds of all rules and of putting their findings in order."""
        return sum(rule.seconds for rule in self.rules) + self.ordering_s

    @property
    def cpu_s(self) -> float:
        """Processor seconds of all rules."""
        return sum(rule.cpu_s for rule in self.rules)

    @property
    def findings(self) -> int:
        """Findings of all rules."""
        return sum(rule.findings for rule in self.rules)
