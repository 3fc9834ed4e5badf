"""Renditions, copies, links and the life of an alert after release."""
