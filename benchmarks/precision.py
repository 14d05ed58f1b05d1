"""How true the rules are on made-up counties: per rule true, innocent and ordinary hits, and flags of an honest county.

`python -m benchmarks.precision [--people 10000] [--seeds 1 2 ...]`. It serves to find rules that hit innocents; nothing
in the rules may be fitted to it.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow.parquet as pq

from simulation.county import write_county

Record = tuple[str, str]
"""Type and the source's own id."""
ORDINARY = "ordinary"
HALF = 2


@dataclass
class Truth:
    """Which records are of a fraud, and which of an innocent case of which kind."""

    frauds: dict[Record, str] = field(default_factory=dict)
    subjects: set[tuple[str, str]] = field(default_factory=set)
    innocent: dict[Record, str] = field(default_factory=dict)
    households: int = 0

    def kind(self, subject: tuple[str, str], evidence: list[Record]) -> str:
        """Return "true", `innocent:<kind>`, or ORDINARY."""
        hits = Counter(self.frauds[record] for record in evidence if record in self.frauds)
        if subject in self.subjects or hits.total() * HALF >= max(1, len(evidence)):
            return "true"
        innocent = Counter(self.innocent[record] for record in evidence if record in self.innocent)
        return f"innocent:{innocent.most_common(1)[0][0]}" if innocent else ORDINARY


def read_truth(county: Path) -> Truth:
    """Read truth/ and count the households."""
    truth = Truth()
    for line in (county / "truth" / "frauds.jsonl").read_text("utf-8").splitlines():
        case = json.loads(line)
        truth.subjects.add((case["subject_type"], case["subject_id"]))
        truth.frauds |= {(one["type"], one["record_id"]): case["kind"] for one in case["records"]}
    for line in (county / "truth" / "innocent.jsonl").read_text("utf-8").splitlines():
        case = json.loads(line)
        truth.innocent |= {(one["type"], one["record_id"]): case["kind"] for one in case["records"]}
    with (county / "households.csv").open(encoding="utf-8-sig") as lines:
        place = next(lines).rstrip("\r\n").split(",").index("household_no")
        truth.households = len({line.split(",")[place] for line in lines})
    return truth


def record_of(event_id: str) -> Record:
    """Return type and record id of a piece of evidence."""
    kind, _, record_id = event_id.rpartition("@")[0].split(":", 2)
    return kind, record_id.replace("%3A", ":").replace("%25", "%")


@dataclass
class Judged:
    """What one screen found, judged against the truth."""

    findings: Counter[tuple[str, str]]
    """By rule and kind of hit; watch and low ones too."""
    flags: Counter[str]
    """Findings by rule that may put a subject on a list by themselves."""
    ranked: list[str]
    """The kinds of hit of the suspicions, best first."""
    households: int


def judge(county: Path, out: Path) -> Judged:
    """Judge the findings and the suspicions of a screened county."""
    truth = read_truth(county)
    findings: Counter[tuple[str, str]] = Counter()
    flags: Counter[str] = Counter()
    for row in pq.read_table(out / "findings.parquet").to_pylist():
        subject = (row["subject_type"], row["subject_id"])
        findings[row["rule"], truth.kind(subject, [record_of(event) for event in row["evidence"]])] += 1
        flags[row["rule"]] += row["alone"] and row["severity"] != "watch"
    ranked = []
    for line in (out / "suspicions.jsonl").read_text("utf-8").splitlines():
        found = json.loads(line)
        evidence = [(one["type"], one["record_id"]) for one in found["evidence"]]
        ranked.append(truth.kind((found["subject_type"], found["subject_id"]), evidence))
    return Judged(findings, flags, ranked, truth.households)


def screened(folder: Path, people: int, seed: int, *, honest: bool = False) -> Judged:
    """Make up a county, screen it and judge what was found."""
    name = f"{'honest' if honest else 'county'}-{people}-{seed}"
    county, out = folder / name, folder / f"{name}-out"
    write_county(county, people, seed, honest=honest)
    command = [sys.executable, "-m", "mingzhang", "screen", str(county), "--out", str(out)]
    subprocess.run(command, check=False, capture_output=True)
    return judge(county, out)


def report(counties: list[Judged], honest: list[Judged]) -> str:
    """Return the table: a line per rule, then precision at the best of all counties."""
    findings: Counter[tuple[str, str]] = sum((one.findings for one in counties), Counter())
    flags: Counter[str] = sum((one.flags for one in honest), Counter())
    households = sum(one.households for one in honest)
    lines = ["| rule | findings | true | innocent look-alikes | ordinary | flags / 1,000 honest households |"]
    lines.append("|---|---:|---:|---|---:|---:|")
    for rule in sorted({rule for rule, _ in findings} | set(flags)):
        kinds = Counter({kind: count for (own, kind), count in findings.items() if own == rule})
        innocent = {kind.partition(":")[2]: count for kind, count in kinds.items() if kind.startswith("innocent:")}
        named = ", ".join(f"{kind} {count}" for kind, count in sorted(innocent.items(), key=lambda item: -item[1]))
        rate = 1000 * flags[rule] / households if households else 0
        lines.append(f"| {rule} | {kinds.total()} | {kinds['true']} | {named} | {kinds[ORDINARY]} | {rate:.2f} |")
    for best in (10, 20, 50):
        hits = [kind for one in counties for kind in one.ranked[:best]]
        share = sum(kind == "true" for kind in hits) / max(1, len(hits))
        lines.append(f"\nof the best {best} of each county, {len(hits)} in all: {share:.1%} true")
    return "\n".join(lines)


def main() -> None:
    """Print the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--seeds", type=int, nargs="*", default=list(range(1, 12)))
    parser.add_argument("--honest", type=int, nargs="*", default=[21, 22, 23], help="seeds of honest counties")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mingzhang-precision-") as temporary:
        folder = Path(temporary)
        counties = [screened(folder, arguments.people, seed) for seed in arguments.seeds]
        honest = [screened(folder, arguments.people, seed, honest=True) for seed in arguments.honest]
    print(report(counties, honest))


if __name__ == "__main__":
    main()
