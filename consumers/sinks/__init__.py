"""Whoever keeps checkpoints elsewhere, each in a module of its own that is loaded when it is needed."""
