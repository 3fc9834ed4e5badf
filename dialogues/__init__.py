"""Where people meet: sessions, commitments, agreements."""
