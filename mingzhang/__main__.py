"""Runs the command as `python -m mingzhang`."""

from __future__ import annotations

from mingzhang.start import begin

if __name__ == "__main__":
    begin()
