"""All files of dialogues that can be had."""

from dialogues.exports import agreements, commitments, committees, processes, proposals, rankings, sessions

SHEETS = {
    each.SHEET.name: each.SHEET
    for each in (sessions, processes, proposals, rankings, commitments, agreements, committees)
}
"""By the name in their address."""
