"""The frauds, one module each."""

from simulation.cases import Fraud

FRAUDS: tuple[Fraud, ...] = ()
