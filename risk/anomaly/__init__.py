"""The anomaly model: collectors, terminals, accounts and villages ranked by how unlike their peers they behave."""
