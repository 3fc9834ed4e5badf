"""The doors by which reports come in: one file a door, each parses what arrives and calls the same service."""
