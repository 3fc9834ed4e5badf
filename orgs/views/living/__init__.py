"""Pages that keep entries of the directory alive."""
