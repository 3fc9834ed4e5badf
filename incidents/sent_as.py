"""What went out, for coordinators: page, e-mail and SMS of each rendition as frozen, and whether it may be copied."""

from dataclasses import dataclass

from django.utils.functional import Promise

from incidents.models import Alert, Audience, Rendition
from incidents.services import renditions
from incidents.services.copies import CopyFor, may_be_copied
from incidents.services.fanout import ORDER
from orgs.messaging.sms_text import segments


@dataclass(frozen=True)
class SentAs:
    """One rendition by each way it travels; code and link are examples."""

    rendition: Rendition
    audience: str | Promise
    language: str | Promise
    subject: str
    email: str
    sms: str
    sms_parts: int
    by_message: bool
    may_be_written: bool
    may_be_read_out: bool


def sent_as(alert: Alert) -> list[SentAs]:
    """Every rendition of an alert that went out, the widest audience last, French first; one query."""
    order = [*ORDER, Audience.PUBLIC]
    found = sorted(alert.renditions.all(), key=lambda one: (order.index(Audience(one.audience)), one.language != "fr"))
    return [_sent_as(alert, one) for one in found]


def _sent_as(alert: Alert, one: Rendition) -> SentAs:
    sms = renditions.as_sent(one.sms_text)
    return SentAs(
        rendition=one,
        audience=one.get_audience_display(),
        language=one.get_language_display(),
        subject=renditions.as_sent(one.email_subject),
        email=renditions.as_sent(one.email_text),
        sms=sms,
        sms_parts=segments(sms),
        by_message=one.audience != Audience.PUBLIC,
        may_be_written=may_be_copied(alert, one, CopyFor.WRITTEN),
        may_be_read_out=may_be_copied(alert, one, CopyFor.RADIO),
    )
