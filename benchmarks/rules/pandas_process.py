"""The process in which pandas runs: reads the frames, times every rule by hand and writes what they found.

`PYTHON -m benchmarks.rules.pandas_process FOLDER RUNS`: any interpreter with pandas and pyarrow; it needs nothing else.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path
from statistics import median

import pandas as pd

from benchmarks.rules.pandas_accounts import e01
from benchmarks.rules.pandas_cash import a01, b07
from benchmarks.rules.pandas_frames import Frames, Values
from benchmarks.rules.pandas_lag import a02
from benchmarks.rules.pandas_offices import e03, f03

RULES = {"A01": a01, "A02": a02, "B07": b07, "E01": e01, "E03": e03, "F03": f03}


def main() -> None:
    """Read FOLDER/<rule>/*.parquet and FOLDER/<rule>.json (values), write FOLDER/<rule>.found.json."""
    folder, runs = Path(sys.argv[1]), int(sys.argv[2])
    for name in RULES:
        if (folder / name).is_dir():
            result = {"version": pd.__version__, **_found(folder, name, runs)}
            (folder / f"{name}.found.json").write_text(json.dumps(result), encoding="utf-8")


def _found(folder: Path, name: str, runs: int) -> dict[str, object]:
    """Return what one rule found and its times; a rule that has changed too much for it says what it lacked."""
    start = time.perf_counter()
    tables: Frames = {file.stem: pd.read_parquet(file) for file in sorted((folder / name).glob("*.parquet"))}
    read = time.perf_counter()
    values: Values = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    times: list[float] = []
    try:
        for _ in range(runs):
            begun = time.perf_counter()
            found = RULES[name](tables, {**values, "as_of": pd.Timestamp(values["as_of"])})
            times.append(time.perf_counter() - begun)
    except KeyError as error:
        return {"problem": f"the rule no longer has {error}"}
    found = found.assign(amount_at_risk_fen=found["amount_at_risk_fen"].astype("int64"))
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    rows = found.to_dict("records")
    return {"read_s": read - start, "seconds": median(times), "findings": rows, "peak_mb": peak_mb}


if __name__ == "__main__":
    main()
