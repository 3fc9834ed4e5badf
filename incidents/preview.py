"""What is seen before an alert goes out: whom it reaches and how, who is left out and why, what each audience reads."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from incidents import access
from incidents.differences import Differences, differences_of
from incidents.models import Alert, AlertAudience, Audience, HeldResponsible, Incident, Who
from incidents.services import alerts, fanout, following, renditions, safety
from incidents.services.fanout import Count
from incidents.services.renditions import Written
from incidents.services.safety import Standing
from orgs.messaging.sms_text import segments
from orgs.models import Channel, Language, OrganisationKind, Role, Tlp
from orgs.models.areas import words_of
from orgs.policy import Viewer

Words = str | Promise


@dataclass(frozen=True)
class LineShown:
    """One line of the choice in words, how many people it reaches by itself, and why it reaches none."""

    pk: int
    audience: Words
    words: str
    people: int
    hindrance: str = ""
    is_public: bool = False
    is_carried: bool = False
    """Those who had the earlier alert: no line that can be taken off."""


@dataclass(frozen=True)
class Reading:
    """What one audience reads in one language, and what its SMS costs."""

    language: Words
    written: Written
    email: str
    sms: str
    subject: str
    sms_parts: int
    people: int


@dataclass
class AudienceShown:
    """One audience: how many people by which channel, and what they read."""

    code: str
    label: Words
    people: int = 0
    channels: list[tuple[Words, int]] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)


@dataclass(frozen=True)
class Preview:
    """Everything that must be seen before release."""

    lines: list[LineShown]
    audiences: list[AudienceShown]
    people: int
    channels: list[tuple[Words, int]]
    sms_parts: int
    left_out: list[str]
    problems: dict[str, list[str]]
    standing: Standing
    carries_content: bool
    public: bool
    differences: Differences
    order: list[Words]
    """In which audience a person in several of them is told: the first that is theirs."""
    holds: str
    """For how long it will hold, in words."""

    @property
    def may_go(self) -> bool:
        """Whether nothing stands in the way but a person's decision."""
        return not self.problems and bool(self.people or self.public)


def preview_of(viewer: Viewer, alert: Alert, incident: Incident) -> Preview:
    """The preview of a draft, with what the incident says now. The number of queries does not grow with the people."""
    alerts.in_step(alert, incident)
    lines = following.lines_of(alert)
    standing = safety.standing_of(viewer, alert, incident, lines)
    counts = fanout.counts(incident, lines)
    chosen = [line.audience for line in lines]
    public = Audience.PUBLIC in chosen and access.may_have_rendition(incident, Audience.PUBLIC)
    audiences = _audiences(alert, incident, chosen, counts)
    parts = sum(
        reading.sms_parts * count.people
        for audience in audiences
        for reading in audience.readings
        for count in counts
        if (count.audience, count.channel, count.language) == (audience.code, Channel.SMS, reading.written.language)
    )
    by_itself = fanout.counts_by_line(incident, lines)
    own = [line for line in lines if line.pk]
    return Preview(
        lines=[
            *_carried(alert, lines, by_itself.get(0, 0)),
            *(_line(line, alert, incident, by_itself.get(line.pk, 0)) for line in own),
        ],
        audiences=audiences,
        people=sum(count.people for count in counts),
        channels=_by_channel(counts),
        sms_parts=parts,
        left_out=_left_out(incident, lines, counts, sum(by_itself.values())),
        problems=alerts.problems_of(alert, incident, public=Audience.PUBLIC in chosen, standing=standing),
        standing=standing,
        carries_content=Tlp(alert.tlp).carries_content,
        public=public,
        differences=differences_of(incident, [audience.code for audience in audiences]),
        order=[Audience(code).label for code in fanout.ORDER],
        holds=_holds(following.hours_of(alert)),
    )


def _holds(hours: int) -> str:
    if hours % 24 or hours == 24:
        words = ngettext("Holds for %(n)s hour from its release.", "Holds for %(n)s hours from its release.", hours)
        return words % {"n": hours}
    words = ngettext("Holds for %(n)s day from its release.", "Holds for %(n)s days from its release.", hours // 24)
    return words % {"n": hours // 24}


def _carried(alert: Alert, lines: Sequence[AlertAudience], people: int) -> list[LineShown]:
    if alert.follows_id is None:
        return []
    words = _("by the channel that brought it")
    if any(line.audience == Audience.PUBLIC and not line.pk for line in lines):
        words = _("by the channel that brought it, and the public page")
    return [LineShown(pk=0, audience=_("Those who had the earlier alert"), words=words, people=people, is_carried=True)]


def _audiences(alert: Alert, incident: Incident, chosen: Sequence[str], counts: Sequence[Count]) -> list[AudienceShown]:
    source = renditions.source_of(alert, incident)
    shown = []
    for code in renditions.audiences_of(alert, incident, chosen):
        own = [count for count in counts if count.audience == code]
        if code not in chosen:
            continue
        audience = AudienceShown(code, Audience(code).label, sum(count.people for count in own), _by_channel(own))
        audience.readings = [_reading(source, code, language, own) for language in Language]
        shown.append(audience)
    return shown


def _reading(source: renditions.Source, audience: str, language: Language, counts: Sequence[Count]) -> Reading:
    written = renditions.write(source, audience, str(language))
    sms = renditions.as_sent(written.sms_text)
    return Reading(
        language=language.label,
        written=written,
        subject=renditions.as_sent(written.email_subject),
        email=renditions.as_sent(written.email_text),
        sms=sms,
        sms_parts=segments(sms),
        people=sum(count.people for count in counts if count.language == language),
    )


def _by_channel(counts: Iterable[Count]) -> list[tuple[Words, int]]:
    totals: dict[str, int] = {}
    for count in counts:
        totals[count.channel] = totals.get(count.channel, 0) + count.people
    return [(Channel(channel).label, totals[channel]) for channel in Channel.values if channel in totals]


def _line(line: AlertAudience, alert: Alert, incident: Incident, people: int) -> LineShown:
    return LineShown(
        pk=line.pk,
        audience=line.get_audience_display(),
        words=words_of_line(line),
        people=people,
        hindrance=_hindrance(line, alert, incident),
        is_public=line.audience == Audience.PUBLIC,
    )


def words_of_line(line: AlertAudience | alerts.Line) -> str:
    """A line in words: who, of which organisation, where."""
    if line.audience == Audience.PUBLIC:
        return _("anybody, on the home page")
    role = Role(line.role).label if line.role else ""
    where = words_of(line.area) if line.area else _("everywhere") if line.who == Who.ALL else ""
    kind = OrganisationKind(line.kind).label if line.kind else ""
    organisation = line.organisation.name if line.organisation else ""
    person = line.person.name if line.person else ""
    who = "" if line.who == Who.ALL else Who(line.who).label
    return " · ".join(str(part) for part in (who, person, role, organisation, kind, where) if part)


def _hindrance(line: AlertAudience, alert: Alert, incident: Incident) -> str:
    if not access.may_be_sent_to(line.audience, alert.tlp):
        return _("%(marking)s is too closed for this audience.") % {"marking": alert.get_tlp_display()}
    if not access.may_have_rendition(incident, line.audience):
        return _("This audience is told only once the incident is verified.")
    return ""


def _left_out(
    incident: Incident, lines: Sequence[AlertAudience], counts: Sequence[Count], with_repeats: int
) -> list[str]:
    """Who is not told, and why. Of the people of a service held responsible, neither name nor number."""
    reasons = []
    if HeldResponsible.objects.filter(incident=incident, actor__organisation__isnull=False).exists():
        reasons.append(_("The people of the service held responsible: they are told nothing and counted nowhere."))
    if closed := fanout.closed_accounts(incident, lines):
        words = ngettext("%(n)s person whose account is closed.", "%(n)s people whose accounts are closed.", closed)
        reasons.append(words % {"n": closed})
    if repeated := with_repeats - sum(count.people for count in counts):
        words = ngettext(
            "%(n)s person is in several lines and is told once.",
            "%(n)s times, somebody is in several lines; each person is told once.",
            repeated,
        )
        reasons.append(words % {"n": repeated})
    if quiet := sum(count.people for count in counts if count.channel == Channel.INBOX):
        words = ngettext(
            "%(n)s person wants no messages and finds it in the inbox only.",
            "%(n)s people want no messages and find it in the inbox only.",
            quiet,
        )
        reasons.append(words % {"n": quiet})
    return reasons
