"""Every write of this app, one verb a function."""
