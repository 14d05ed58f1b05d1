"""Which commands pages may start, who may start each, and how it is called."""

from __future__ import annotations

from typing import NamedTuple

GIVEN, MADE = "{given}", "{made}"
"""In the words of a command: the folder of the files that were handed in, and the folder of what it leaves."""


class Command(NamedTuple):
    """A command of the house as background work."""

    action: str
    """Of the table of permissions: who may start, see and stop it."""
    zh: str
    en: str
    words: tuple[str, ...]
    """Behind `mingzhang --home HOME --as USER`."""
    at_once: int = 1
    """How many of the kind run at a time."""


COMMANDS: dict[str, Command] = {
    "screening": Command("screening.run", "筛查", "Screening", ("screen", f"--out={MADE}", "--threads=1")),
    "import": Command("records.take", "收取数据", "Taking data in", ("ingest", "--json", GIVEN)),
    "draw": Command("lists.draw", "拟定清单", "Drawing up lists", ("lists", "draw", "--json")),
    "register": Command(
        "registers.keep", "导入现金台账", "Importing a cash register", ("register", "take", "--json", GIVEN), 4
    ),
    "effect": Command("rules.read", "试阈值", "Trying a threshold", ("rules", "effect", "--json")),
    "backtest": Command("rules.backtest", "回测规则", "Backtesting a rule", ("rules", "backtest")),
    "drift": Command("screenings.read", "模型漂移", "Drift of the model", ("model", "drift", "--json")),
    "models": Command("screenings.read", "比较模型", "Comparing models", ("model", "compare", "--json")),
    "train": Command("model.train", "训练模型", "Training the model", ("model", "train")),
    "verify": Command("ledger.verify", "核对账本", "Verifying the ledger", ("verify", f"--report={MADE}/verify.pdf")),
    "rebuild": Command("system.run", "重建读模型", "Rebuilding the read models", ("project", "--rebuild")),
}
"""Kind of work to its command."""
