"""Evidence packs: what a suspicion rests on, with proofs that it stands in the log, for somebody outside."""
