"""An anomaly detector for any numeric matrix: no terms of the field in here, and no number of guilty to choose."""

from risk.anomaly.detector.estimator import TRUSTED, AnomalyDetector

__all__ = ["TRUSTED", "AnomalyDetector"]
