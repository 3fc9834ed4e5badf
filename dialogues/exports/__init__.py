"""Dialogues as files: by access and disclosure, read from the database as they are written."""
