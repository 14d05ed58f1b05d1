"""The Merkle log over the events: sealed in C2SP tlog-tiles, checkpoints signed, so that anybody can verify it."""
