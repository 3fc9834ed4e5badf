"""Reading the actor map: totals that hold back whatever is said by few, the matrix, who to call for what."""
