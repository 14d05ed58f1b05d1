"""The generated pages of docs/, one module per page; pure functions from the program's own definitions to Markdown."""
