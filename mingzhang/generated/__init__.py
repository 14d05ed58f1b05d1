"""Writes the code and tables that derive from the contracts."""
