"""Template tag of papers: `{% load dialogue_papers %}`."""

from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

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


@register.simple_tag
def crossed_bar(value: float, whole: float, at: float) -> SafeString:
    """Draw how much of a whole a value is, and a line where the benchmark stands. The number must stand beside it."""
    share = max(0.0, min(100.0, 100.0 * value / whole)) if whole else 0.0
    line = 100.0 * at / whole if whole else 0.0
    return format_html(
        '<svg class="bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">'
        '<rect width="100" height="4"/><rect width="{0}" height="4"/>'
        '<line x1="{1}" x2="{1}" y1="0" y2="4" stroke="#fff" stroke-width="5"'
        ' vector-effect="non-scaling-stroke"/><line x1="{1}" x2="{1}" y1="0" y2="4" stroke="#000" stroke-width="2"'
        ' vector-effect="non-scaling-stroke"/></svg>',
        round(share, 1),
        round(line, 1),
    )
