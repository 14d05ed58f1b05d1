"""OUT/report.html: a screening told on one page, which needs no network, no script and no program."""
