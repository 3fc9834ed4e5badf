"""Template tag of papers: `{% load dialogue_papers %}`."""

from typing import Any

from django import template
from django.urls import reverse

from dialogues.access import may_print_sheets, may_take_report
from dialogues.models import Process, Session
from orgs.access import viewer_of

register = template.Library()


@register.inclusion_tag("dialogues/papers/links.html", takes_context=True)
def papers_of(context: dict[str, Any], row: Session | Process) -> dict[str, Any]:
    """Link to the report of a session or a process that the reader sees, and to its sheets for those who print them."""
    viewer, kind = viewer_of(context["request"]), "session" if isinstance(row, Session) else "process"
    return {
        "report": reverse(f"{kind}-report", args=[row.uid]),
        "pdf": reverse(f"{kind}-report-pdf", args=[row.uid]) if may_take_report(viewer, row) else "",
        "sheets": reverse(f"{kind}-sheets", args=[row.uid]) if may_print_sheets(viewer, row) else "",
    }
