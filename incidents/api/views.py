"""What the API adds to one incident or alert."""

from typing import Any

from incidents.access import COUNTED_INCIDENTS
from incidents.disclosure import FIGURE
from orgs.api.views import ResourceOne
from orgs.policy import Viewer


class IncidentOne(ResourceOne):
    """One incident with its figures, each as its source said it; figures of one kind are never summed."""

    def completed(self, viewer: Viewer, key: str, shown: dict[str, Any]) -> dict[str, Any]:
        """Add the figures that this audience may read."""
        incident = COUNTED_INCIDENTS.rows(viewer).get(ref=key)
        audience = COUNTED_INCIDENTS.audience(viewer, incident) or ""
        figures = []
        for figure in incident.figures.filter(withdrawn_at=None):
            figure.incident = incident
            figures.append(FIGURE.show(figure, audience))
        return {**shown, "figures": figures}
