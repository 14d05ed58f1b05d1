"""Papers for signing and filing: made of the same blocks, as PDF and as Word file; no ledger, no clock, no network."""
