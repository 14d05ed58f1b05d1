"""PostgreSQL as the store of ledger and vault."""
