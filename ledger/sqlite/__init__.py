"""SQLite as the store of ledger and vault: two files in the home."""
