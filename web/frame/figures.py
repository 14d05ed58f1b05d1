"""Figures that the application gives about itself at /metrics."""

from __future__ import annotations

from consumers.metrics import Described

REQUESTS, SECONDS = "mingzhang_web_requests_total", "mingzhang_web_seconds_total"
PROCESSOR = "mingzhang_web_processor_seconds_total"
POSITION, SEALED = "mingzhang_web_position", "mingzhang_web_sealed"
FIGURES = (
    Described(REQUESTS, "counter", "Requests answered, by status class."),
    Described(SECONDS, "counter", "Seconds spent answering requests."),
    Described(PROCESSOR, "counter", "Processor seconds of this process, all threads."),
    Described(POSITION, "gauge", "Ledger position up to which the pages know the cases."),
    Described(SEALED, "gauge", "Ledger position up to which the log is sealed."),
)
