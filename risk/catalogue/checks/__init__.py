"""The checks that hold rules and shared views to the catalogue's order: each says what is wrong, in which line."""
