"""Pages of the foundation."""
