"""The directory: finding organisations, showing one, and saying who can be somewhere first."""
