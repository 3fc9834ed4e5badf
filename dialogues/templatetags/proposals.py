"""Panels of proposals and ratings for the pages of a session and of a process: `{% load proposals %}`."""

from typing import Any

from django import template

from dialogues import grouping
from dialogues.access import may_propose
from orgs.access import viewer_of

register = template.Library()


@register.inclusion_tag("dialogues/proposals/session_panel.html", takes_context=True)
def proposals_panel(context: Any, uid: Any) -> dict[str, Any]:
    """What a session proposes, for those who hold it; nothing for others. ``uid`` is the session's."""
    viewer = viewer_of(context["request"])
    found = grouping.session_of(viewer, uid)
    if found is None:
        return {}
    rows = grouping.proposals_of_session(viewer, found[0])
    return {"rows": rows, "uid": uid, "may": may_propose(viewer, found[0])}


@register.inclusion_tag("dialogues/proposals/process_panel.html", takes_context=True)
def ratings_panel(context: Any, uid: Any) -> dict[str, Any]:
    """The rounds of a process that the reader may see, with the way to its proposals. ``uid`` is the process's."""
    viewer = viewer_of(context["request"])
    found = grouping.process_of(viewer, uid)
    return {} if found is None else {"rounds": grouping.rounds(viewer, found[0]), "uid": uid}
