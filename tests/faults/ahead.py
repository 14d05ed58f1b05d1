"""Runs the command line with every file read ahead, however small: a reader, a keeper of the vault and an appender."""

from __future__ import annotations

import intake.ingest
from mingzhang.start import main

if __name__ == "__main__":
    intake.ingest.AHEAD_FROM = 0
    main()
