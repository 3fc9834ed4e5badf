"""What the API adds to sessions, agreements and committees: what hangs on them, as their pages show it."""

import uuid
from typing import Any, ClassVar

from dialogues.access import AGREEMENTS, COMMITTEES, SESSIONS
from dialogues.agreements import provisions_of
from dialogues.api.parts import COMMITTEE_PARTS, PROVISION_PARTS, SESSION_PARTS
from dialogues.committee_figures import figures
from dialogues.crowd import lines_shown
from dialogues.disclosure import ISSUE, POINT
from orgs.api.views import Parts, ResourceList, ResourceOne, ResourceView, Rows
from orgs.policy import Policy, Viewer

_OF_PROVISION = ("number", "words", "benchmark", "due_on")
_OF_ASSESSMENT = ("assessor", "verdict", "as_of", "words", "evidence")


class SessionOne(ResourceOne):
    """One session with who was counted there, the issues raised, what was agreed and what not."""

    parts: ClassVar[Parts] = SESSION_PARTS

    def completed(self, viewer: Viewer, rows: Rows) -> Rows:
        """Add the lines that this audience may read; hidden fields are null, lines of nothing else are left out."""
        return [row | _lines(viewer, row["id"]) for row in rows]


def _lines(viewer: Viewer, uid: uuid.UUID) -> dict[str, Rows]:
    session = SESSIONS.rows(viewer).get(uid=uid)
    audience = SESSIONS.audience(viewer, session) or ""
    return {
        "attendance": _told(lines_shown(session.attendance.order_by("group", "sex", "age_band"), audience)),
        "issues": _told([ISSUE.show(row, audience) for row in session.issues.all()]),
        "points": _told([POINT.show(row, audience) for row in session.points.all()]),
    }


def _told(lines: Rows) -> Rows:
    return [line for line in lines if any(value is not None for value in line.values())]


class WithProvisions(ResourceView):
    """What both views of agreements add to each."""

    parts: ClassVar[Parts] = PROVISION_PARTS

    def completed(self, viewer: Viewer, rows: Rows) -> Rows:
        """Add provisions and assessments; assessors are named by their address, those who hide are not."""
        keys = _audiences(AGREEMENTS, viewer, rows)
        found = provisions_of(viewer, dict(keys.values()), "slug")
        return [row | {"provisions": [_provision(one) for one in found[keys[str(row["id"])][0]]]} for row in rows]


class AgreementList(WithProvisions, ResourceList):
    """A page of agreements, each with its provisions and what every assessor finds of them now."""


class AgreementOne(WithProvisions, ResourceOne):
    """One agreement with its provisions and what every assessor finds of them now."""


def _provision(shown: dict[str, Any]) -> dict[str, Any]:
    judged = [{name: one[name] or None for name in _OF_ASSESSMENT} for one in shown["assessments"]]
    return {name: shown[name] for name in _OF_PROVISION} | {"assessments": judged}


class WithFigures(ResourceView):
    """What both views of committees add to each."""

    parts: ClassVar[Parts] = COMMITTEE_PARTS

    def completed(self, viewer: Viewer, rows: Rows) -> Rows:
        """Add seats, meetings, shares and decisions, as far as the viewer may know them; seven queries."""
        keys = _audiences(COMMITTEES, viewer, rows)
        told = figures(viewer, dict(keys.values()))
        return [row | {name: told[keys[str(row["id"])][0]][name] for name in COMMITTEE_PARTS} for row in rows]


class CommitteeList(WithFigures, ResourceList):
    """A page of committees, each with its figures."""


class CommitteeOne(WithFigures, ResourceOne):
    """One committee with its figures."""


def _audiences(policy: Policy[Any], viewer: Viewer, rows: Rows) -> dict[str, tuple[int, str]]:
    """By number outside, the primary key and the audience that the viewer is to each row."""
    seen = policy.rows(viewer).filter(uid__in=[row["id"] for row in rows]).order_by()
    found = seen.annotate(seen_as=policy.audience_column(viewer)).values_list("uid", "pk", "seen_as")
    return {str(uid): (pk, audience) for uid, pk, audience in found}
