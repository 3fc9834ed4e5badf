"""What the API adds to one session."""

from typing import Any

from dialogues.access import SESSIONS
from dialogues.crowd import lines_shown
from dialogues.disclosure import ISSUE, POINT
from orgs.api.views import ResourceOne
from orgs.policy import Viewer


class SessionOne(ResourceOne):
    """One session with who was counted there, the issues raised, what was agreed and what not."""

    def completed(self, viewer: Viewer, key: str, shown: dict[str, Any]) -> dict[str, Any]:
        """Add the lines that this audience may read; hidden fields are null, lines of nothing else are left out."""
        session = SESSIONS.rows(viewer).get(uid=key)
        audience = SESSIONS.audience(viewer, session) or ""
        parts = {
            "attendance": lines_shown(session.attendance.order_by("group", "sex", "age_band"), audience),
            "issues": [ISSUE.show(row, audience) for row in session.issues.all()],
            "points": [POINT.show(row, audience) for row in session.points.all()],
        }
        for name, lines in parts.items():
            shown[name] = [line for line in lines if any(value is not None for value in line.values())]
        return shown
