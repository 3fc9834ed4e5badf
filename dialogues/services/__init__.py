"""Every write of dialogues: one verb a function."""
