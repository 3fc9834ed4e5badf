"""Keeping entries of the directory alive: what may be changed in them, and how it is shown."""
