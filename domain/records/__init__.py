"""The classes of records, one module per type, generated from contracts/records.yaml."""
