"""How a home and its surroundings stand: checks for the page of status and for `mingzhang doctor`, which only look."""
