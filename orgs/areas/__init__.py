"""Areas: what ships with the product, readers of outside files, and finding a place by point or by name."""
