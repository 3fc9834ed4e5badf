"""Writing CAP messages: one when an alert goes out, one when it is taken back. In the transaction of that step.

Everything in a message comes through the disclosure table, at that moment; nothing is worked out again when it is read.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from incidents.disclosure import INCIDENT
from incidents.models import ADVISORY_HOLDS, Alert, AlertKind, Audience, CapKind, CapMessage
from incidents.services.renditions import Source, Written
from orgs.models import Area, Tlp
from orgs.models.areas import words_of

_FINEST_FIRST = ("commune", "cercle", "region")
WHOLE_COUNTRY = "ML"


def publish(source: Source, written: Iterable[Written]) -> CapMessage | None:
    """Freeze what alert hubs read of an alert that is released; nothing of TLP:RED, which stays in the product."""
    alert = source.alert
    texts: dict[str, list[Written]] = {}
    for one in written:
        texts.setdefault(one.audience, []).append(one)
    if alert.tlp == Tlp.RED or not texts:
        return None
    sent = _now(alert.released_at)
    return CapMessage.objects.create(
        alert=alert,
        kind=CapKind.ALERT if alert.kind == AlertKind.ALERT else CapKind.UPDATE,
        sent=sent,
        expires=alert.expires_at or sent + ADVISORY_HOLDS,
        content={audience: _content(source, audience, ones) for audience, ones in texts.items()},
    )


def withdraw(alert: Alert) -> CapMessage | None:
    """Write the message that takes an alert back, to the same audiences, with no more words than needed."""
    earlier = alert.cap_messages.exclude(kind=CapKind.CANCEL).first()
    if earlier is None:
        return None
    content = {audience: _cancelled(facts) for audience, facts in earlier.content.items()}
    sent = max(_now(None), earlier.sent)
    expires = max(earlier.expires, sent + (earlier.expires - earlier.sent))
    made, _is_new = CapMessage.objects.get_or_create(
        alert=alert, kind=CapKind.CANCEL, defaults={"sent": sent, "expires": expires, "content": content}
    )
    return made


def _now(at: datetime | None) -> datetime:
    return (at or timezone.now()).replace(microsecond=0)


def _content(source: Source, audience: str, written: Iterable[Written]) -> dict[str, Any]:
    shown = INCIDENT.show(source.incident, audience)
    areas = [source.areas[pk] for pk in (shown[f"{level}_id"] for level in _FINEST_FIRST) if pk in source.areas]
    return {
        "type": shown["type_id"] or "other",
        "severity": shown["severity"] or "unknown",
        "urgency": shown["urgency"] or "unknown",
        "certainty": shown["certainty"] or "unknown",
        "edition": _edition_of(areas),
        "pcodes": [area.pcode for area in areas[:1]] or [WHOLE_COUNTRY],
        "languages": {one.language: _words(source, audience, shown, areas, one) for one in written},
    }


def _words(source: Source, audience: str, shown: Any, areas: list[Area], one: Written) -> dict[str, str]:
    with translation.override(one.language):
        instruction = source.alert.instruction
        repeated = _("What to do: %(instruction)s") % {"instruction": instruction}
        description = [line for line in one.body.split("\n") if line != repeated]
        place = [shown["place_name"]] if shown["place_name"] else []
        return {
            "event": source.incident.type.label if shown["type_id"] else str(_("Alert")),
            "headline": one.headline,
            "description": "\n".join(description).strip(),
            "instruction": instruction,
            "area": ", ".join([*place, *(words_of(area) for area in areas)]) or str(_("Mali")),
            "audience": str(Audience(audience).label),
        }


def _cancelled(facts: dict[str, Any]) -> dict[str, Any]:
    languages = {}
    for language, words in facts["languages"].items():
        with translation.override(language):
            over = _("This alert is cancelled. Do not act on it any more.")
            languages[language] = {**words, "description": over, "instruction": ""}
    return {**facts, "urgency": "past", "languages": languages}


def _edition_of(areas: list[Area]) -> str:
    return f"COD-AB {areas[0].edition.code}" if areas else "COD-AB"
