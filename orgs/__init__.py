"""The foundation: areas, people, organisations, messages, and the mechanisms of access and disclosure."""
