"""Where the console script begins: the rest is imported when it runs, so that a spawned reader stays small."""

from __future__ import annotations

from importlib import import_module


def main() -> None:
    """Run the command."""
    import_module("mingzhang.cli").main()
