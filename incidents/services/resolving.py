"""What of this room carries areas, and is given today's by ``orgs.services.resolving``."""

from django.utils.translation import gettext_lazy as _

from incidents.models import AlertAudience, Incident, Report
from orgs.services.resolving import Links, Rows, registry

# What was sent went to people, not to areas: a released alert keeps the lines by which they were chosen.
_NOT_SENT = "EXISTS (SELECT 1 FROM incidents_alert a WHERE a.id = link.alert_id AND a.state IN ('draft', 'proposed'))"


def register() -> None:
    """Have reports, incidents and the audiences of alerts that were not released resolved again with the others."""
    registry.register(
        Rows(Report, _("reports"), has_place=True),
        Rows(Incident, _("incidents"), has_place=True),
        Links(AlertAudience, _("audiences of alerts not sent"), owner="alert_id", is_set=False, only=_NOT_SENT),
    )
