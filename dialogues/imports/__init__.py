"""Sessions from a spreadsheet: what a line means. Reads and compares; writes nothing."""
