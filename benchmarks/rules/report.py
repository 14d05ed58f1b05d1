"""The tables that a run prints: Markdown, so that they can be put on a page as they are."""

from __future__ import annotations

import math
from collections.abc import Sequence

from benchmarks.rules.measured import LIMIT
from benchmarks.rules.pandas_run import ByHand
from benchmarks.rules.postgres_run import TIMEOUT_S, Comparison
from benchmarks.rules.results import RuleTime, SizeTime

AIM_S = 20
"""Seconds that the catalogue may take over a county of 300,000 people."""


def table(heads: Sequence[str], rows: Sequence[Sequence[str]], left: int = 1) -> str:
    """Return a Markdown table, the first columns to the left and the others, numbers, to the right."""
    lines = ["| " + " | ".join(heads) + " |"]
    lines.append("|" + "|".join("---" if place < left else "---:" for place in range(len(heads))) + "|")
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines)


def exponent(small: float, large: float, growth: float) -> str:
    """Return the exponent e of large = small · growth^e; linear is 1."""
    if small <= 0 or large <= 0 or growth <= 1:
        return ""
    return f"{math.log(large / small) / math.log(growth):.2f}"


def sizes(all_sizes: Sequence[SizeTime]) -> str:
    """Return a line per size: what was there, how long the whole took and how it grew."""
    rows = []
    for place, size in enumerate(all_sizes):
        before = all_sizes[place - 1] if place else None
        growth = size.payments / before.payments if before else 1.0
        rows.append(
            [
                f"{size.counties}",
                f"{size.payments:,}",
                f"{size.records:,}",
                f"{size.views_s:.1f}",
                f"{size.policy_s:.1f}",
                f"{size.rules_s:.1f}",
                exponent(before.views_s, size.views_s, growth) if before else "",
                exponent(before.rules_s, size.rules_s, growth) if before else "",
                f"{size.world_cpu_s:.1f} + {size.cpu_s:.1f}",
                exponent(before.world_cpu_s, size.world_cpu_s, growth) if before else "",
                exponent(before.cpu_s, size.cpu_s, growth) if before else "",
                f"{size.findings:,}",
                f"{size.peak_world_mb} / {size.peak_rules_mb}",
                f"{size.load:.1f}",
            ]
        )
    heads = ["counties", "payments", "records", "views s", "rest of world s", "rules s", "views ^", "rules ^"]
    heads += ["processor s: world + rules", "world ^", "rules ^", "findings", "peak MB: world / rules", "load before"]
    return table(heads, rows, left=0)


def aim(county: SizeTime) -> str:
    """Return how the county stands to the aim."""
    whole = county.views_s + county.policy_s + county.rules_s
    return (
        f"The catalogue over one county ({county.payments:,} payments): rules {county.rules_s:.1f} s "
        f"(aim {AIM_S} s), with the world {whole:.1f} s, on {county.threads} threads."
    )


def copies(all_sizes: Sequence[SizeTime]) -> str:
    """Return whether a province of so many counties has so many times the county's findings, rule by rule."""
    county = {one.rule: one.findings for one in all_sizes[0].rules}
    others = [
        f"{one.rule} at {size.counties} counties: {one.findings:,}, not {county[one.rule] * size.counties:,}"
        for size in all_sizes[1:]
        for one in size.rules
        if one.findings != county[one.rule] * size.counties // all_sizes[0].counties
    ]
    if not others:
        return "Every rule finds in each county what it finds in one alone."
    return "Rules that find otherwise than in one county alone: " + "; ".join(others) + "."


def rules(all_sizes: Sequence[SizeTime]) -> str:
    """Return a line per rule, the slowest at the largest size first."""
    by_rule = [{one.rule: one for one in size.rules} for size in all_sizes]
    rows = []
    for last in sorted(all_sizes[-1].rules, key=lambda one: -one.seconds):
        times = [one[last.rule] for one in by_rule]
        growth = all_sizes[-1].payments / all_sizes[-2].payments if len(all_sizes) > 1 else 1.0
        rows.append(
            [
                last.rule,
                " / ".join(f"{one.findings:,}" for one in times) if times[0].findings else times[0].outcome,
                *(f"{one.seconds:.2f}" for one in times),
                f"{times[0].planning_s:.2f}",
                exponent(times[-2].seconds, times[-1].seconds, growth) if len(times) > 1 else "",
                " / ".join(f"{one.ratio:.0f}" for one in times),
            ]
        )
    heads = ["rule", "findings", *(f"s at {size.payments:,}" for size in all_sizes)]
    return table([*heads, "planning s", "^", "yardsticks"], rows, left=2)


def views(all_sizes: Sequence[SizeTime]) -> str:
    """Return a line per shared view, the slowest at the largest size first."""
    last = all_sizes[-1].views
    growth = all_sizes[-1].payments / all_sizes[-2].payments if len(all_sizes) > 1 else 1.0
    rows = [
        [
            name,
            *(f"{size.views[name]:.2f}" for size in all_sizes),
            exponent(all_sizes[-2].views[name], last[name], growth) if len(all_sizes) > 1 else "",
        ]
        for name in sorted(last, key=lambda name: -last[name])
    ]
    return table(["view", *(f"s at {size.payments:,}" for size in all_sizes), "^"], rows)


def above(size: SizeTime) -> str:
    """Return the rules above the limit at one size, the slowest first, with where their time goes."""
    over = sorted((one for one in size.rules if one.ratio > LIMIT), key=lambda one: -one.seconds)
    rows = [
        [one.rule, f"{one.seconds:.2f}", f"{one.ratio:.0f}", f"{one.scan_s + one.aggregate_s:.3f}", _why(one)]
        for one in over
    ]
    head = f"{len(over)} of {len(size.rules)} rules cost more than {LIMIT} yardsticks at {size.payments:,} payments."
    return head + "\n\n" + table(["rule", "s", "yardsticks", "one yardstick s", "where the time goes"], rows)


def _why(one: RuleTime) -> str:
    parts = []
    if one.planning_s > one.seconds / 2:
        parts.append(f"planning {one.planning_s:.2f} s")
    parts += [
        f"{step.kind} {step.what.replace('|', '/')} ({step.seconds:.2f} s, {step.rows:,} rows)"
        for step in one.operators
        if step.seconds > one.seconds / 20
    ]
    return "; ".join(parts) or "spread over many small steps"


def postgres(done: Comparison) -> str:
    """Return how the same rule texts did in PostgreSQL."""
    ran = [one for one in done.rules if one.seconds is not None]
    equal = [one for one in ran if one.equal == "equal"]
    rows = [
        [
            one.rule,
            f"{one.findings:,}",
            f"{one.duckdb_s:.2f}",
            f"{one.seconds:.2f}" if one.seconds is not None else "",
            f"{one.seconds / one.duckdb_s:.1f}" if one.seconds is not None else "",
            one.equal or one.problem.replace("|", "/"),
        ]
        for one in sorted(done.rules, key=lambda one: -(one.seconds or TIMEOUT_S))
    ]
    head = (
        f"PostgreSQL {done.version}: {len(ran)} of {len(done.rules)} rules ran to the end within {TIMEOUT_S} s, "
        f"{len(equal)} of them with the same findings (count, subjects, severities, amounts, evidence). "
        f"Those that ran: {sum(one.seconds or 0 for one in ran):.1f} s, in DuckDB "
        f"{sum(one.duckdb_s for one in ran):.1f} s. Copying {done.rows:,} rows over: {done.load_s:.1f} s."
    )
    heads = ["rule", "findings", "DuckDB s", "PostgreSQL s", "times", "findings beside DuckDB's"]
    return head + "\n\n" + table(heads, rows)


def pandas(done: Sequence[ByHand]) -> str:
    """Return how rules written by hand in pandas did."""
    rows = [
        [
            one.rule,
            f"{one.findings:,}",
            f"{one.duckdb_s:.2f}",
            f"{one.seconds:.2f}",
            f"{one.seconds / max(one.duckdb_s, 1e-9):.1f}",
            f"{one.read_s:.2f}",
            f"{one.peak_mb}",
            one.equal
            + (", looser values in both" if one.loose else "")
            + (", the rule has changed since" if one.changed else ""),
        ]
        for one in done
    ]
    heads = ["rule", "findings", "DuckDB s", "pandas s", "times", "reading s", "peak MB so far", "beside DuckDB's"]
    version = done[0].version if done else ""
    return f"pandas {version}, whole rules by hand over the same tables and views:\n\n" + table(heads, rows)
