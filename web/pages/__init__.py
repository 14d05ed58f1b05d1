"""One module per page; its template has the same name."""
