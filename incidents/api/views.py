"""What the API adds to one incident or alert."""

from incidents.access import COUNTED_INCIDENTS
from incidents.disclosure import FIGURE
from orgs.api.views import ResourceOne, Rows
from orgs.policy import Viewer


class IncidentOne(ResourceOne):
    """One incident with its figures, each as its source said it; figures of one kind are never summed."""

    def completed(self, viewer: Viewer, rows: Rows) -> Rows:
        """Add the figures that this audience may read."""
        return [row | {"figures": _figures(viewer, row["ref"])} for row in rows]


def _figures(viewer: Viewer, ref: str) -> Rows:
    incident = COUNTED_INCIDENTS.rows(viewer).get(ref=ref)
    audience = COUNTED_INCIDENTS.audience(viewer, incident) or ""
    figures = []
    for figure in incident.figures.filter(withdrawn_at=None):
        figure.incident = incident
        figures.append(FIGURE.show(figure, audience))
    return figures
