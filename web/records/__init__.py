"""What pages of records ask: what was handed in, the ledger, who looked, how the service stands, and the help."""
