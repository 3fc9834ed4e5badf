"""Times as people say them: "3 h ago", with the exact time at hand."""

from datetime import UTC, date, datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

_MINUTE = 60
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR


def exact(moment: datetime | date) -> str:
    """Give the date, and the hour where there is one, in the reader's language and the site's time zone."""
    if isinstance(moment, datetime):
        return date_format(timezone.localtime(moment), "j F Y H:i")
    return date_format(moment, "j F Y")


def _amount(seconds: int) -> str:
    if seconds < _HOUR:
        return _("%(n)s min") % {"n": seconds // _MINUTE}
    if seconds < _DAY:
        return _("%(n)s h") % {"n": seconds // _HOUR}
    days = seconds // _DAY
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}


def spoken(moment: datetime, *, now: datetime | None = None) -> str:
    """Say how long ago, or in how long, a moment is; after a week either way, the date itself."""
    distance = (now or datetime.now(UTC)) - moment
    if abs(distance) >= timedelta(days=7):
        return exact(moment)
    seconds = int(distance.total_seconds())
    if abs(seconds) < _MINUTE:
        return _("just now")
    sentence = _("%(time)s ago") if seconds > 0 else _("in %(time)s")
    return sentence % {"time": _amount(abs(seconds))}


def time_element(moment: datetime | date, *, with_exact: bool = False) -> SafeString:
    """Show a moment as a `<time>`; with the exact time behind it in brackets where it matters (lines of time)."""
    written = exact(moment)
    said = spoken(moment) if isinstance(moment, datetime) else written
    shown = f"{said} ({written})" if with_exact and said != written else said
    return format_html('<time datetime="{}" title="{}">{}</time>', moment.isoformat(), written, shown)
