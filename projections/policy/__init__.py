"""Policy tables: the defaults of the contracts and what a county has set over them."""
