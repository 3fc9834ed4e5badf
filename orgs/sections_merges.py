"""On the page of one organisation, for those who decide on it: the way to merging it with another entry."""

from django.utils.translation import gettext_lazy as _

from orgs.access import may_decide_on
from orgs.models import Organisation
from orgs.policy import Viewer
from orgs.sections import Section


def merge_section(viewer: Viewer, organisation: Organisation) -> Section | None:
    """A link; nothing for those who may not merge it."""
    if organisation.merged_into_id is not None or not may_decide_on(viewer, organisation):
        return None
    return Section("merge", _("Twice in the directory?"), "orgs/merges/section.html", aside=True, position=900)
