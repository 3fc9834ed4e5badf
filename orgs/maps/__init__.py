"""Maps: how they are drawn, what is counted on them, where coverage has gaps."""
