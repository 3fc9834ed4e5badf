"""What each audience reads of an alert: made from the incident by the disclosure table, frozen when it is released.

Above TLP:GREEN the e-mail and the SMS carry a code, a link and a number to call, and nothing else.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from incidents.access import may_have_rendition
from incidents.disclosure import FIGURE, INCIDENT
from incidents.models import (
    Alert,
    Audience,
    Certainty,
    ClaimGrade,
    Figure,
    Harm,
    Incident,
    IncidentState,
    Rendition,
    Severity,
    TimePrecision,
    Urgency,
)
from incidents.services import marks
from incidents.services.links import example_link
from incidents.services.marks import Part
from orgs.messaging import purposes
from orgs.messaging.sms_text import fits_one, is_gsm7
from orgs.models import Area, Language, Tlp
from orgs.models.areas import words_of

CODE, LINK = purposes.CODE, "{link}"
LONGEST_SMS = 459
"""Three parts of 153 characters: what an SMS may cost at most."""
EXAMPLE_CODE = "12345"

# Letters that the alphabet of SMS lacks, and what a reader takes them for. One of them more than doubles the price.
_PLAIN = str.maketrans(
    "çâêëîïôûÿœÀÂÈÊËÎÏÔŒÙÛ’‘“”«»–—…\u00a0\u202f",
    'caeeiiouyoAAEEEIIOOUU\'\'""""--.  ',
)
_PLAIN_WORDS = {"œ": "oe", "Œ": "OE", "…": "...", "« ": '"', " »": '"'}


@dataclass(frozen=True)
class Written:
    """What one audience reads in one language. ``{code}`` and ``{link}`` stand for each recipient's own."""

    audience: str
    language: str
    headline: str
    body: str
    email_subject: str
    email_text: str
    sms_text: str


@dataclass(frozen=True)
class Source:
    """Everything that renditions are made from, read once."""

    alert: Alert
    incident: Incident
    figures: tuple[Figure, ...]
    areas: Mapping[int, Area]
    earlier: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """What each audience read, by language, of the alert that this one follows."""


def source_of(alert: Alert, incident: Incident) -> Source:
    """Read what the renditions of an alert are made from, in two queries (one more where it follows another one)."""
    ids = {area_id for area_id in (incident.region_id, incident.cercle_id, incident.commune_id) if area_id is not None}
    figures = Figure.objects.filter(incident=incident, withdrawn_at=None).order_by("kind", "value", "pk")
    for figure in figures:
        figure.incident = incident
    areas = Area.objects.with_names().in_bulk(ids)
    return Source(alert, incident, tuple(figures), areas, _earlier(alert))


def _earlier(alert: Alert) -> Mapping[tuple[str, str], str]:
    if alert.follows_id is None:
        return {}
    frozen = Rendition.objects.filter(alert=alert.follows_id).values_list("audience", "language", "body")
    return {(audience, language): body for audience, language, body in frozen}


def audiences_of(alert: Alert, incident: Incident, chosen: Iterable[str]) -> list[str]:
    """The audiences that get a rendition: those chosen, and the network where it may read the alert anyway."""
    wanted = {*chosen, str(Audience.NETWORK)}
    return [audience for audience in Audience.values if audience in wanted and may_have_rendition(incident, audience)]


def write(source: Source, audience: str, language: str) -> Written:
    """What this audience reads of this alert in this language."""
    with translation.override(language):
        headline, body = _content(source, audience, language)
        return Written(audience, language, headline, body, *_letters(source.alert, headline, body))


def write_all(source: Source, audiences: Iterable[str]) -> list[Written]:
    """Every rendition, in every language of the product."""
    return [write(source, audience, str(language)) for audience in audiences for language in Language.values]


def neutral_letters(alert: Alert, language: str) -> tuple[str, str, str]:
    """Subject, e-mail and SMS that say nothing: a code, a link and a number to call."""
    with translation.override(language):
        return _letters(alert, "", "", closed=True)


def end_letters(alert: Alert, *, cancelled: bool, language: str) -> tuple[str, str, str]:
    """Subject, e-mail and SMS for those who had an alert that is cancelled or no longer holds: without content."""
    with translation.override(language):
        said = marks.closed(alert)
        context = {"code": CODE, "link": LINK, "call_number": alert.call_number, "cancelled": cancelled, **said}
        words = _("Passerelle: cancelled (%(code)s)") if cancelled else _("Passerelle: no longer holds (%(code)s)")
        subject = f"{said['exercise']} – " if said["exercise"] else ""
        sms = plain_for_sms(render_to_string("sms/alert_cancelled.txt", context).strip())
        return subject + words % {"code": CODE}, _text("email/alert_cancelled.txt", context), sms


def freeze(alert: Alert, written: Iterable[Written]) -> list[Rendition]:
    """Store renditions as they go out."""
    rows = [
        Rendition(
            alert=alert,
            audience=one.audience,
            language=one.language,
            headline=one.headline,
            body=one.body,
            email_subject=one.email_subject,
            email_text=one.email_text,
            sms_text=one.sms_text,
        )
        for one in written
    ]
    return Rendition.objects.bulk_create(rows)


def put_in(text: str, *, code: str, link: str) -> str:
    """Put a recipient's own code and link into a frozen text."""
    return text.replace(CODE, code).replace(LINK, link)


# --- What happened, as this audience may read it -----------------------------------------------------------------


def _content(source: Source, audience: str, language: str) -> tuple[str, str]:
    shown = INCIDENT.show(source.incident, audience)
    what = source.incident.type.label if shown["type_id"] else ""
    about = [part for part in (what, _area_words(source, shown)) if part] or [_("Alert")]
    headline = " – ".join([*marks.in_headline(source.alert, source.incident), *about])
    parts = _parts(source, audience, shown)
    first = marks.in_body(source.alert, source.incident)
    first += marks.what_follows(source.alert, parts, source.earlier.get((audience, language)))
    lines = [*first, "" if first else None, *(part.words for part in parts)]
    return Truncator(headline).chars(200), "\n".join(_without_gaps([line for line in lines if line is not None]))


def _parts(source: Source, audience: str, shown: Mapping[str, Any]) -> list[Part]:
    gap = Part("", "")
    todo = _("What to do: %(instruction)s") % {"instruction": source.alert.instruction}
    return [
        *_facts(source, shown),
        gap,
        Part(_("what happened"), shown["summary"] or ""),
        gap,
        *(Part(_("people harmed"), line) for line in _figure_lines(source, audience)),
        *(Part(_("how sure it is"), line) for line in _trust_lines(shown)),
        Part(_("what to do"), todo if source.alert.instruction else ""),
    ]


def _facts(source: Source, shown: Mapping[str, Any]) -> list[Part]:
    facts = []
    if shown["occurred_on"]:
        day = date_format(shown["occurred_on"], "j F Y")
        precision = TimePrecision(shown["time_precision"]).label
        words = _("When: %(day)s (%(precision)s)") % {"day": day, "precision": precision}
        facts.append(Part(_("the time"), words))
    places = _places(source, shown)
    if places:
        facts.append(Part(_("the place"), _("Where: %(place)s") % {"place": ", ".join(places)}))
    for about, line, name, choices in (
        (_("the severity"), _("Severity: %(level)s"), "severity", Severity),
        (_("the urgency"), _("Urgency: %(level)s"), "urgency", Urgency),
        (_("how certain it is"), _("Certainty: %(level)s"), "certainty", Certainty),
    ):
        if shown[name] and shown[name] != "unknown":
            facts.append(Part(about, line % {"level": choices(shown[name]).label}))
    return facts


def _places(source: Source, shown: Mapping[str, Any]) -> list[str]:
    """The place as this audience may know it, the finest first: names of areas, never a point."""
    names = [shown["place_name"]] if shown["place_name"] else []
    ids = (shown["commune_id"], shown["cercle_id"], shown["region_id"])
    return [*names, *(words_of(source.areas[area_id]) for area_id in ids if area_id in source.areas)]


def _area_words(source: Source, shown: Mapping[str, Any]) -> str:
    found = next((source.areas[key] for key in (shown["cercle_id"], shown["region_id"]) if key in source.areas), None)
    return words_of(found) if found else ""


def _figure_lines(source: Source, audience: str) -> list[str]:
    """People harmed; figures that differ stand side by side and are never summed."""
    values: dict[str, list[int]] = {}
    for figure in source.figures:
        shown = FIGURE.show(figure, audience)
        if shown["kind"] and shown["value"] is not None:
            values.setdefault(shown["kind"], []).append(shown["value"])
    return [
        _("%(kind)s: %(values)s") % {"kind": Harm(kind).label, "values": _side_by_side(found)}
        for kind, found in values.items()
    ]


def _side_by_side(values: list[int]) -> str:
    different = sorted(set(values))
    said = pgettext("between figures that differ", " or ").join(str(value) for value in different)
    return said if len(different) == 1 else _("%(values)s (sources differ)") % {"values": said}


def _trust_lines(shown: Mapping[str, Any]) -> list[str]:
    if shown["state"] == IncidentState.OPEN:
        return [_("This has not been verified yet.")]
    grade = shown["claim_grade"]
    return [_("How sure: %(grade)s") % {"grade": ClaimGrade(grade).label}] if grade else []


def _without_gaps(lines: list[str]) -> list[str]:
    """No empty line at the ends, nor two in a row."""
    kept = [line for place, line in enumerate(lines) if line or (place and lines[place - 1])]
    while kept and not kept[-1]:
        kept.pop()
    return kept


# --- How it travels ----------------------------------------------------------------------------------------------


def _letters(alert: Alert, headline: str, body: str, *, closed: bool = False) -> tuple[str, str, str]:
    """Subject, e-mail and SMS; without content above TLP:GREEN."""
    context = {"call_number": alert.call_number, "headline": headline, "body": body, "code": CODE, "link": LINK}
    if closed or not Tlp(alert.tlp).carries_content:
        said = marks.closed(alert)
        before = "".join(f"{said[name]} – " for name in ("exercise", "kind") if said[name])
        subject = before + _("Passerelle: a message waits for you (%(code)s)") % {"code": CODE}
        return subject, _text("email/alert_closed.txt", {**context, **said}), _closed_sms(alert, said)
    return headline, _text("email/alert.txt", context), _open_sms(alert, headline)


def _text(template: str, context: dict[str, Any]) -> str:
    return render_to_string(template, context).strip() + "\n"


def _open_sms(alert: Alert, headline: str) -> str:
    words = [headline, alert.instruction]
    content = ". ".join(word.strip().rstrip(".") for word in words if word.strip()) + "."
    call = _("Tel %(number)s.") % {"number": alert.call_number} if alert.call_number else ""
    clearest, *shorter = _answers()
    texts = [f"{content} {call} {clearest}" if call else f"{content} {clearest}", f"{content} {clearest}"]
    return _shortest_that_fits([*texts, *(f"{content} {answers}" for answers in shorter)], content)


def _closed_sms(alert: Alert, said: Mapping[str, str]) -> str:
    start = " ".join(part for part in (said["exercise"], "Passerelle", said["kind"], f"{CODE}: {LINK}") if part)
    if alert.call_number:
        start = _("%(start)s or %(number)s.") % {"start": start, "number": alert.call_number}
    return _shortest_that_fits([f"{start} {answers}" for answers in _answers()], start)


def _answers() -> list[str]:
    """How to answer, from the clearest to the shortest."""
    return [
        _("Answer 1 %(code)s = received, 2 %(code)s = I am acting, 3 %(code)s = I cannot.") % {"code": CODE},
        _("Answer 1 (received), 2 (I act) or 3 (I cannot), then %(code)s.") % {"code": CODE},
        _("Answer 1 %(code)s received, 2 %(code)s acting, 3 %(code)s no") % {"code": CODE},
    ]


def _shortest_that_fits(variants: list[str], content: str) -> str:
    """The clearest text that goes in one part; else the clearest one, its content cut where it would cost too much."""
    plain = [plain_for_sms(variant) for variant in variants]
    for variant in plain:
        if fits_one(as_sent(variant)):
            return variant
    if len(as_sent(plain[0])) <= LONGEST_SMS:
        return plain[0]
    answers = plain_for_sms(_answers()[0])
    room = LONGEST_SMS - len(as_sent(answers)) - 1
    return f"{Truncator(plain_for_sms(content)).chars(room, truncate='...')} {answers}"


def as_sent(text: str) -> str:
    """A text with an example of a code, and with as long a link as it will have: for counting its parts."""
    return put_in(text, code=EXAMPLE_CODE, link=example_link())


def plain_for_sms(text: str) -> str:
    """The text in the alphabet of SMS if that only costs accents; unchanged if it holds other letters."""
    plain = text
    for letter, letters in _PLAIN_WORDS.items():
        plain = plain.replace(letter, letters)
    plain = plain.translate(_PLAIN)
    return plain if is_gsm7(plain.replace("{", "").replace("}", "")) else text


def people(count: int) -> str:
    """A number of people in words."""
    return ngettext("%(n)s person", "%(n)s people", count) % {"n": count}
