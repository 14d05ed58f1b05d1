"""Learning from answers: a township's denial is weak evidence, a drawn check is not."""
