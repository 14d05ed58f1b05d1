"""Commands, and what leaves the house: screening runs, lists, workbooks."""
