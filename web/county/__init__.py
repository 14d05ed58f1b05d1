"""What pages of the county ask: profiles of collectors, terminals and villages, the cash register, reconciliation."""
