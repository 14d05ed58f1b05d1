"""The log: append, read and look up; keys, tokens, the vault and the objects."""
