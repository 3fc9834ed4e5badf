"""Formats of others: what the product gives and takes in their words."""
