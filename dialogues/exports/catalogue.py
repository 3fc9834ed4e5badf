"""All files of dialogues that can be had."""

from dialogues.exports import agreements, commitments, committees, processes, rankings, sessions

SHEETS = {each.SHEET.name: each.SHEET for each in (sessions, processes, commitments, agreements, committees, rankings)}
"""By the name in their address."""
