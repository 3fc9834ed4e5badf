"""Template tags that every page may use: `{% load passerelle %}`."""

from collections.abc import Iterable
from datetime import date, datetime
from itertools import zip_longest
from typing import Any

from django import forms, template
from django.conf import settings
from django.forms.boundfield import BoundField
from django.template.base import NodeList, Parser, Token
from django.template.context import Context
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from orgs.presentation import badges, pictograms, times

register = template.Library()


class CaptureNode(template.Node):
    """Keeps what it holds under a name, so that one block can be shown twice (title and heading)."""

    def __init__(self, name: str, nodelist: NodeList) -> None:
        self.name = name
        self.nodelist = nodelist

    def render(self, context: Context) -> SafeString:
        """Set the name and show nothing."""
        context[self.name] = SafeString(self.nodelist.render(context).strip())
        return SafeString("")


@register.tag
def capture(parser: Parser, token: Token) -> CaptureNode:
    """`{% capture name %}…{% endcapture %}`: keep what is inside under a name."""
    parts = token.split_contents()
    if len(parts) != 2:
        raise template.TemplateSyntaxError("capture takes one name")
    nodelist = parser.parse(("endcapture",))
    parser.delete_first_token()
    return CaptureNode(parts[1], nodelist)


@register.simple_tag
def asset(path: str) -> str:
    """Give the address of a static file; the plain one if no hashed one is known, so that error pages never break."""
    try:
        return static(path)
    except ValueError:
        return f"{settings.STATIC_URL}{path}"


@register.simple_tag
def pictogram(name: str, label: str = "") -> SafeString:
    """Draw a pictogram of orgs/presentation/pictograms.py; give a label only where no words stand beside it."""
    return pictograms.drawing(str(name), str(label))


@register.simple_tag
def severity(value: str) -> SafeString:
    """Show a CAP severity as a badge."""
    return badges.severity_badge(value)


@register.simple_tag
def tlp(value: str, readers: str = "") -> SafeString:
    """Show a traffic-light marking; `{% tlp value "readers" %}` adds who may read."""
    return badges.marking_badge(value, with_readers=bool(readers))


@register.simple_tag
def state(label: badges.Words, tone: badges.Tone = "doing") -> SafeString:
    """Show a state by its word, with the shape of its tone: new, doing, done or stopped."""
    return badges.state_badge(label, tone)


@register.simple_tag
def when(moment: datetime | date | None, how: str = "") -> SafeString:
    """Say a moment as people do; `{% when moment "exact" %}` adds the exact time."""
    return times.time_element(moment, with_exact=how == "exact") if moment else SafeString("")


@register.simple_tag
def field(bound: BoundField) -> SafeString:
    """Show one field of a form: label, hint, what is wrong, the field."""
    return bound.as_field_group()


@register.filter
def anchor(bound: BoundField) -> str:
    """Give the id that a link to this field should lead to: its first choice where it has several."""
    target = bound.auto_id
    widget = bound.field.widget
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return f"{target}_0"
    return target


@register.inclusion_tag("parts/error_summary.html")
def error_summary(form: forms.BaseForm) -> dict[str, Any]:
    """Show what is wrong with a form, each error a link to where it happened; nothing when all is well."""
    return {"form": form, "count": sum(1 for _ in form.errors) if form.is_bound else 0}


@register.filter
def beside(headings: Iterable[Any], row: Iterable[Any]) -> list[tuple[Any, Any]]:
    """Pair a table's headings with a row's cells."""
    return list(zip_longest(headings, row, fillvalue=""))


@register.simple_tag
def bar(value: float, total: float, label: str = "") -> SafeString:
    """Draw how much of a total a value is. The number itself must stand beside it, or be given as label."""
    share = max(0.0, min(100.0, 100.0 * value / total)) if total else 0.0
    spoken = format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"')
    return format_html(
        '<svg class="bar" viewBox="0 0 100 4" preserveAspectRatio="none" {}>'
        '<rect width="100" height="4"/><rect width="{}" height="4"/></svg>',
        spoken,
        f"{share:.1f}".removesuffix(".0"),
    )
