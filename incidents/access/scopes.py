"""Where a person’s post reaches in this app: own reports, what was sent to them, and never the accused."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q

from incidents.models import (
    Alert,
    AlertState,
    Audience,
    Delivery,
    HeldResponsible,
    IncidentState,
    Rendition,
    Report,
    ReporterIdentity,
)
from orgs.crypto import keyed_hash
from orgs.models import Membership, Organisation
from orgs.policy import Post, Scope, Viewer, members_of

CHECKED = (IncidentState.VERIFIED, IncidentState.CLOSED)
SENT = (AlertState.RELEASED, AlertState.CANCELLED, AlertState.REPLACED, AlertState.EXPIRED)


def person_key(user_id: int) -> str:
    """The keyed hash under which reports of a person with an account are found."""
    return keyed_hash("reporter-account", str(user_id))


@dataclass(frozen=True)
class OwnReports:
    """Reports that the viewer sent in while signed in, found without naming anybody."""

    def rows(self, viewer: Viewer, posts: Sequence[Post]) -> Q | None:
        if viewer.user_id is None:
            return None
        own = ReporterIdentity.objects.filter(person_key=person_key(viewer.user_id))
        return Q(pk__in=own.values("report"))

    def sees(self, viewer: Viewer, posts: Sequence[Post], row: Report) -> bool:
        if viewer.user_id is None:
            return False
        return ReporterIdentity.objects.filter(report=row.pk, person_key=person_key(viewer.user_id)).exists()

    def people(self, row: Report, roles: Sequence[str] | None) -> Q | None:
        return None  # by design: nobody can go from a report to its reporter's account


@dataclass(frozen=True)
class SentToThem:
    """Alerts of which the viewer is a recipient."""

    def rows(self, viewer: Viewer, posts: Sequence[Post]) -> Q | None:
        if viewer.user_id is None:
            return None
        return Q(pk__in=Delivery.objects.filter(recipient=viewer.user_id).values("alert"))

    def sees(self, viewer: Viewer, posts: Sequence[Post], row: Alert) -> bool:
        return viewer.user_id is not None and Delivery.objects.filter(alert=row.pk, recipient=viewer.user_id).exists()

    def people(self, row: Alert, roles: Sequence[str] | None) -> Q | None:
        return Q(pk__in=Delivery.objects.filter(alert=row.pk).values("recipient"))


@dataclass(frozen=True)
class SentToOrganisation:
    """Alerts sent to somebody of the viewer's organisation; with ``served``, of an organisation that serves it."""

    served: bool = False

    def _organisations(self, viewer: Viewer) -> Any:
        own = sorted(viewer.organisation_ids)
        return Organisation.objects.filter(serves__in=own).values("pk") if self.served else own

    def rows(self, viewer: Viewer, posts: Sequence[Post]) -> Q | None:
        if not viewer.organisation_ids:
            return None
        sent = Delivery.objects.filter(organisation__in=self._organisations(viewer))
        return Q(pk__in=sent.values("alert"))

    def sees(self, viewer: Viewer, posts: Sequence[Post], row: Alert) -> bool:
        if not viewer.organisation_ids:
            return False
        return Delivery.objects.filter(alert=row.pk, organisation__in=self._organisations(viewer)).exists()

    def people(self, row: Alert, roles: Sequence[str] | None) -> Q | None:
        told = Delivery.objects.filter(alert=row.pk, organisation__isnull=False).values("organisation")
        return members_of(Organisation.objects.filter(served_by__in=told).values("pk") if self.served else told)


@dataclass(frozen=True)
class WrittenFor:
    """Of the alerts within another scope, those that have a rendition for an audience: without one, nothing to read."""

    audience: Audience
    within: Scope

    def rows(self, viewer: Viewer, posts: Sequence[Post]) -> Q | None:
        reached = self.within.rows(viewer, posts)
        if reached is None:
            return None
        return reached & Q(Exists(Rendition.objects.filter(alert=OuterRef("pk"), audience=self.audience)))

    def sees(self, viewer: Viewer, posts: Sequence[Post], row: Alert) -> bool:
        return self.within.sees(viewer, posts, row) and self._is_written(row)

    def people(self, row: Alert, roles: Sequence[str] | None) -> Q | None:
        return self.within.people(row, roles) if self._is_written(row) else None

    def _is_written(self, row: Alert) -> bool:
        return Rendition.objects.filter(alert=row.pk, audience=self.audience).exists()


@dataclass(frozen=True)
class NotTheAccused:
    """The people of an organisation held responsible never see the incident, nor anything that comes of it.

    ``path`` leads from the row to the incident; ``"pk"`` where the row is the incident.
    """

    path: str

    def hidden(self, viewer: Viewer) -> Q | None:
        if not viewer.organisation_ids:
            return None
        accused = HeldResponsible.objects.filter(actor__organisation__in=sorted(viewer.organisation_ids))
        return Q(**{f"{self.path}__in": accused.values("incident")})

    def hides(self, viewer: Viewer, row: Any) -> bool:
        incident = self._incident(row)
        if incident is None or not viewer.organisation_ids:
            return False
        return HeldResponsible.objects.filter(
            incident=incident, actor__organisation__in=sorted(viewer.organisation_ids)
        ).exists()

    def excluded(self, row: Any) -> Q | None:
        incident = self._incident(row)
        return None if incident is None else accused_of(incident)

    def _incident(self, row: Any) -> int | None:
        *steps, last = self.path.split("__")
        for step in steps:
            row = getattr(row, step)
        incident: int | None = row.pk if last == "pk" else getattr(row, f"{last}_id")
        return incident


def accused_of(incident_id: int, *, closed_too: bool = False) -> Q:
    """The people (a condition on ``User``) of the organisations held responsible for an incident.

    With ``closed_too``, also those whose account or post has ended: for counts, which must not tell of them either.
    """
    named = HeldResponsible.objects.filter(incident=incident_id, actor__organisation__isnull=False)
    if closed_too:
        ever = Membership.objects.filter(organisation__in=named.values("actor__organisation"))
        return Q(pk__in=ever.values("person"))
    return members_of(named.values("actor__organisation"))


# What has no area, since its place was not found, is every coordinator's: else it would be nobody's.
