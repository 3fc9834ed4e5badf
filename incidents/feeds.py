"""What alert hubs fetch: the messages that hold now, and one message as a document."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from incidents.access.cap import cap_audiences, cap_messages
from incidents.exchange import cap
from incidents.exchange.cap import Document, Entry
from incidents.models import Alert, AlertState, Audience, CapKind, CapMessage
from incidents.services.addresses import address_of_alert
from orgs.models import Organisation, Tlp
from orgs.policy import Viewer

MOST_ENTRIES = 100


def current(viewer: Viewer) -> list[tuple[CapMessage, str]]:
    """The messages of a viewer's feed with the audience as which they read each, the newest first.

    Alerts and updates while they are released and hold; cancellations for as long as what they take back would have.
    Drills are for the feeds of those who take part, never for the public.
    """
    standing = Q(alert__state=AlertState.RELEASED) & ~Q(kind=CapKind.CANCEL)
    taken_back = Q(alert__state=AlertState.CANCELLED, kind=CapKind.CANCEL)
    rows = cap_messages(viewer).filter(standing | taken_back, expires__gt=timezone.now())
    if viewer.user_id is None:
        rows = rows.filter(alert__exercise=None)
    messages = list(rows.order_by("-sent", "-identifier")[:MOST_ENTRIES])
    audiences = cap_audiences(viewer, messages)
    read = [(message, audiences[message.alert_id]) for message in messages]
    return [(message, audience) for message, audience in read if audience in message.content]


def feed(viewer: Viewer) -> tuple[bytes, datetime | None]:
    """The viewer's feed as Atom, and when its newest message was sent.

    In the installation's language whoever asks: programs say no language, and the documents hold all of them.
    """
    with translation.override(settings.LANGUAGE_CODE):
        return _feed(viewer)


def _feed(viewer: Viewer) -> tuple[bytes, datetime | None]:
    shown = current(viewer)
    newest = shown[0][0].sent if shown else None
    public = viewer.user_id is None
    body = cap.to_feed(
        address=f"{settings.SITE_URL}{reverse('cap-feed')}",
        title=_("Passerelle: public alerts") if public else _("Passerelle: alerts for you"),
        entries=[_entry(message, audience) for message, audience in shown],
        updated=newest or timezone.now(),
        author="Passerelle",
    )
    return body, newest


def document_of(viewer: Viewer, identifier: UUID) -> bytes | None:
    """One message as this viewer may read it; ``None`` where they may not, or nothing was written for them."""
    message = cap_messages(viewer).filter(pk=identifier).first()
    if message is None or (viewer.user_id is None and message.alert.exercise_id is not None):
        return None
    audience = cap_audiences(viewer, [message])[message.alert_id]
    if audience not in message.content:
        return None
    return cap.to_xml(document(message, audience, addresses=_organisations_of(viewer)))


def document(message: CapMessage, audience: str, *, addresses: Sequence[str] = ()) -> Document:
    """What a message says to an audience; ``addresses`` are the organisations that a private one is for."""
    alert = message.alert
    scope = scope_of(alert, audience)
    return Document(
        identifier=str(message),
        sender=settings.CAP_SENDER,
        sent=message.sent,
        status=status_of(alert),
        kind=message.kind,
        scope=scope,
        restriction=f"{Tlp(alert.tlp).label}",
        addresses=(addresses or ("Passerelle",)) if scope == cap.PRIVATE else (),
        note=_note(alert),
        references=_references(message),
        expires=message.expires,
        web=address_of_alert(alert.pk),
        incident=str(alert.thread),
        marking=Tlp(alert.tlp).label,
        facts=message.content[audience],
    )


def scope_of(alert: Alert, audience: str) -> str:
    """CAP scope by marking (standards: OCHA sensitivity and TLP): only what anybody may read is public."""
    if audience == Audience.PUBLIC and alert.tlp == Tlp.CLEAR:
        return cap.PUBLIC
    return cap.RESTRICTED if alert.tlp in Tlp.up_to(Tlp.GREEN) else cap.PRIVATE


def status_of(alert: Alert) -> str:
    """Drills are exercises, demonstrations are tests, everything else is meant."""
    if alert.exercise_id is not None:
        return cap.EXERCISE
    return cap.TEST if alert.is_demo else cap.ACTUAL


def _note(alert: Alert) -> str:
    if alert.exercise_id is not None:
        return _("EXERCISE. Nothing of this happened.")
    return _("Demonstration. Nothing of this happened.") if alert.is_demo else ""


def _references(message: CapMessage) -> list[tuple[str, datetime]]:
    """The earlier messages of the thread, the oldest first; a first alert has none."""
    if message.kind == CapKind.ALERT:
        return []
    earlier = CapMessage.objects.filter(alert__thread=message.alert.thread, sent__lte=message.sent)
    earlier = earlier.exclude(pk=message.pk).exclude(kind=CapKind.CANCEL)
    return [(f"urn:uuid:{pk}", sent) for pk, sent in earlier.order_by("sent").values_list("pk", "sent")]


def _organisations_of(viewer: Viewer) -> list[str]:
    own = Organisation.objects.filter(pk__in=sorted(viewer.organisation_ids))
    return sorted(own.values_list("name", flat=True))


def _entry(message: CapMessage, audience: str) -> Entry:
    languages = message.content[audience]["languages"]
    words = languages[settings.LANGUAGE_CODE[:2]]
    kind = "" if message.kind == CapKind.ALERT else f"{message.get_kind_display()} – "
    drill = _("EXERCISE")
    marked = f"{drill} – " if message.alert.exercise_id is not None else ""
    return Entry(
        identifier=str(message),
        title=f"{marked}{kind}{words['headline']}",
        summary=words["instruction"] or words["description"],
        updated=message.sent,
        link=f"{settings.SITE_URL}{reverse('cap-message', args=[str(message)])}",
    )
