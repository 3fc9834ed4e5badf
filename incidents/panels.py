"""What the parts of alerting add to the pages of one alert. The mechanism is ``orgs.sections``.

Registered in ``IncidentsConfig.ready``; each section's template reads ``section`` and ``alert``.
"""

from incidents.models import Alert, Incident
from orgs.sections import Sections

alert_page: Sections[Alert] = Sections()
"""The page of an alert that went out: its ladder, its questions, its thread, how it ended."""

preview_page: Sections[Alert] = Sections()
"""The page of a draft, above the button that releases it: what is checked, what goes out when."""

incident_page: Sections[Incident] = Sections()
"""The page of an incident, for every audience: what rooms above this one know of it."""
