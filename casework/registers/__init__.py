"""The cash register as a township keeps it: lines keyed in or imported, corrections, scans of its pages."""
