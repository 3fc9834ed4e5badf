"""Django admin of dialogues: read here, changed on its pages. One file a subject."""

from dialogues.admin import agreements, commitments, committees, imports, papers, processes, proposals, sessions

__all__ = ["agreements", "commitments", "committees", "imports", "papers", "processes", "proposals", "sessions"]
