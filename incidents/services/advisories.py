"""Advisories: what a liaison tells civil society, and what a coordinator of the area makes of it.

given --pass on--> passed on       given, passed on (draft thrown away) --hold--> held --pass on--> passed on
given, held, passed on --withdraw (its service)--> withdrawn

Passing on makes an incident that nobody reported, and a draft of an alert from it: from there on it is an alert like
any other, with its preview, its second person, its renditions and its release. Two coordinators at once: the first
counts, the second is told (``ChangedMeanwhile``).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from incidents import access
from incidents.models import (
    Advisory,
    AdvisoryKind,
    AdvisoryState,
    AdvisoryWording,
    Alert,
    HoldReason,
    Incident,
    IncidentState,
    IncidentType,
    NoticeKind,
    PlacePrecision,
    Severity,
    Side,
    TimePrecision,
    Urgency,
)
from incidents.said import clean_words
from incidents.services import alerts, notices, steps
from incidents.services.alerts import Line
from incidents.services.errors import ChangedMeanwhile, NotAllowed
from orgs import audit
from orgs.models import Area, Level, Organisation, Role, Tlp, User
from orgs.policy import Viewer
from orgs.wording import held_words

LONGEST_WORDS = 600
LONGEST_INSTRUCTION = 300
LONGEST_NOTE = 500
MOST_AREAS = 5
LONGEST_TIME = timedelta(days=30)
MARKINGS = (Tlp.CLEAR, Tlp.GREEN, Tlp.AMBER)
"""What an advisory may be marked: it is meant to be passed on."""
UNDECIDED = (AdvisoryState.GIVEN, AdvisoryState.HELD, AdvisoryState.PASSED_ON)


@dataclass(frozen=True)
class Told:
    """What an advisory says: its words, what to do, where, from when until when, how grave, and for whom (marking)."""

    kind: str
    type_code: str
    areas: Sequence[Area]
    starts_at: datetime
    ends_at: datetime
    severity: str
    tlp: str
    words: str
    instruction: str


def give_advisory(*, viewer: Viewer, organisation: Organisation, told: Told) -> Advisory:
    """Give an advisory for one's own service; the coordinators of its areas are told that it waits."""
    _check(told)
    own = {post.organisation_id for post in viewer.posts_as((Role.LIAISON,))}
    if not access.may_give_advisory(viewer) or organisation.pk not in own:
        raise NotAllowed(_("Liaisons give advisories for their own service."))
    giver = User.objects.get(pk=viewer.user_id)
    with transaction.atomic():
        advisory = Advisory.objects.create(
            given_by=giver,
            organisation=organisation,
            kind=told.kind,
            type_id=told.type_code,
            starts_at=told.starts_at,
            ends_at=told.ends_at,
            severity=told.severity,
            tlp=told.tlp,
            is_demo=organisation.is_demo,
            **common_area(told.areas),
        )
        advisory.areas.set(told.areas)
        _word(viewer, advisory, Side.SERVICE, told.words, told.instruction)
        facts = {"tlp": told.tlp, "severity": told.severity, "type": told.type_code, "organisation": organisation.pk}
        steps.note(viewer, advisory, "given", version=advisory.version, **facts)
        if not notices.tell_of_advisory(advisory, NoticeKind.GIVEN) and not _has_coordinators(advisory):
            raise ValidationError({"areas": _("No coordinator answers for this place yet. Choose a larger area.")})
    return advisory


def rewrite_advisory(*, viewer: Viewer, advisory: Advisory, version: int, words: str, instruction: str) -> Advisory:
    """Write it anew on the side of its service, as long as no coordinator passed it on; the earlier words are kept."""
    _check_words(words, instruction)
    with transaction.atomic():
        held = _lock(advisory)
        if not access.may_withdraw_advisory(viewer, held):
            raise NotAllowed(_("Only liaisons of its service may do this."))
        _refuse_stale(held, version)
        if held.state == AdvisoryState.PASSED_ON:
            raise NotAllowed(_("It was passed on already. Withdraw it and give a new one if it was wrong."))
        _word(viewer, held, Side.SERVICE, words, instruction)
        if held.state == AdvisoryState.HELD:  # new words deserve a new look
            held.state, held.hold_reason, held.decided_at, held.decided_by_id = AdvisoryState.GIVEN, "", None, None
            notices.tell_of_advisory(held, NoticeKind.GIVEN)
        _keep(viewer, held, "rewritten")
    return held


def withdraw_advisory(*, viewer: Viewer, advisory: Advisory) -> Advisory:
    """Take an advisory back. If people were told already, the coordinators are asked to cancel the alert."""
    with transaction.atomic():
        held = _lock(advisory)
        if held.state == AdvisoryState.WITHDRAWN:
            return held
        if not access.may_withdraw_advisory(viewer, held):
            raise NotAllowed(_("Only liaisons of its service may do this."))
        held.state = AdvisoryState.WITHDRAWN
        _keep(viewer, held, "withdrawn")
        notices.tell_of_advisory(held, NoticeKind.WITHDRAWN)
    return held


def hold_advisory(*, viewer: Viewer, advisory: Advisory, version: int, reason: str, note: str = "") -> Advisory:
    """Pass it on to nobody, and say why; its author reads reason and note. It can still be passed on later."""
    note = clean_words(note)
    problems: dict[str, str | list[str]] = {}
    if reason not in HoldReason.values:
        problems["reason"] = _("Say why.")
    if len(note) > LONGEST_NOTE:
        problems["note"] = _("At most %(n)s characters.") % {"n": LONGEST_NOTE}
    elif held_back := held_words(note):
        problems["note"] = held_back
    if problems:
        raise ValidationError(problems)
    with transaction.atomic():
        held = _lock_to_decide(viewer, advisory, version)
        held.hold_reason, held.hold_note = reason, note
        _decide(viewer, held, AdvisoryState.HELD)
        _keep(viewer, held, "held", reason=reason)
        notices.tell_of_advisory(held, NoticeKind.DECIDED, [held.given_by])
    return held


def pass_on_advisory(
    *,
    viewer: Viewer,
    advisory: Advisory,
    version: int,
    words: str,
    instruction: str,
    tlp: str,
    severity: str,
    lines: Sequence[Line],
    call_number: str = "",
) -> Alert:
    """Make the incident and the draft of the alert, in these words; what the service wrote is kept beside them.

    The marking may be closed further than its author set it, never opened. The draft goes out like any other.
    """
    _check_passing_on(advisory, words, instruction, tlp, severity)
    with transaction.atomic():
        held = _lock_to_decide(viewer, advisory, version)
        if held.ends_at <= timezone.now():
            raise NotAllowed(_("This advisory is over: its time has passed."))
        last = held.wordings.order_by("-id").first()
        words, instruction = clean_words(words), clean_words(instruction)
        softened = last is None or (last.words, last.instruction) != (words, instruction)
        if softened:
            _word(viewer, held, Side.DESK, words, instruction)
        incident = _incident_of(viewer, held, words, tlp, severity)
        alert = alerts.prepare_alert(
            viewer=viewer, incident=incident, lines=lines, instruction=instruction, call_number=call_number
        )
        Alert.objects.filter(pk=alert.pk).update(expires_at=held.ends_at)
        held.incident, held.alert = incident, alert
        held.hold_reason = held.hold_note = ""
        _decide(viewer, held, AdvisoryState.PASSED_ON)
        _keep(viewer, held, "passed_on", alert=str(alert.pk), incident=incident.pk, softened=softened, tlp=tlp)
        notices.tell_of_advisory(held, NoticeKind.DECIDED, [held.given_by])
    alert.refresh_from_db()
    return alert


def common_area(areas: Sequence[Area]) -> dict[str, int | None]:
    """The columns of the smallest area that holds all of these; none where only the country does."""
    columns: dict[str, int | None] = {}
    whole = True
    for level in ("region", "cercle", "commune"):
        ids = {getattr(area, f"{level}_id") for area in areas}
        whole = whole and len(ids) == 1 and None not in ids
        columns[f"{level}_id"] = ids.pop() if whole else None
    return columns


# --- What is checked ---------------------------------------------------------------------------------------------


def _check(told: Told) -> None:
    problems: dict[str, str | list[str]] = dict(_word_problems(told.words, told.instruction))
    if told.kind not in AdvisoryKind.values:
        problems["kind"] = _("Choose one of the list.")
    if not IncidentType.objects.filter(pk=told.type_code, is_active=True).exists():
        problems["type_code"] = _("Choose one of the list.")
    if told.severity not in Severity.values:
        problems["severity"] = _("Choose one of the list.")
    if told.tlp not in MARKINGS:
        problems["tlp"] = _("Choose one of the list.")
    if not 0 < len(told.areas) <= MOST_AREAS:
        problems["areas"] = _("Choose from one to %(n)s areas.") % {"n": MOST_AREAS}
    if told.ends_at <= told.starts_at:
        problems["ends_at"] = _("It must end after it begins.")
    elif told.ends_at <= timezone.now():
        problems["ends_at"] = _("This time has passed: there is nothing left to warn of.")
    elif told.ends_at - max(told.starts_at, timezone.now()) > LONGEST_TIME:
        problems["ends_at"] = _("At most %(n)s days ahead. You can give it again.") % {"n": LONGEST_TIME.days}
    if problems:
        raise ValidationError(problems)


def _check_words(words: str, instruction: str) -> None:
    if problems := _word_problems(words, instruction):
        raise ValidationError(problems)


def _word_problems(words: str, instruction: str) -> dict[str, str | list[str]]:
    problems: dict[str, str | list[str]] = {}
    checked = (("words", words, LONGEST_WORDS), ("instruction", instruction, LONGEST_INSTRUCTION))
    for name, text, longest in checked:
        if not text.strip():
            problems[name] = _("Write it: people need both what it is and what to do.")
        elif len(text.strip()) > longest:
            problems[name] = _("At most %(n)s characters.") % {"n": longest}
        elif held := held_words(text):
            problems[name] = held
    return problems


def _check_passing_on(advisory: Advisory, words: str, instruction: str, tlp: str, severity: str) -> None:
    problems = _word_problems(words, instruction)
    if severity not in Severity.values:
        problems["severity"] = _("Choose one of the list.")
    if tlp not in Tlp.values or Tlp.values.index(tlp) < Tlp.values.index(advisory.tlp):
        problems["tlp"] = _("Its author marked it closer than that: only they can open it further.")
    if problems:
        raise ValidationError(problems)


def _has_coordinators(advisory: Advisory) -> bool:
    return access.ADVISORIES.people_as(advisory, ("coordinator",)).exclude(pk=advisory.given_by_id).exists()


# --- What is written ---------------------------------------------------------------------------------------------


def _incident_of(viewer: Viewer, held: Advisory, words: str, tlp: str, severity: str) -> Incident:
    """The incident behind the alert: what the service says, held to be true by the coordinator who passes it on.

    One that an earlier draft left behind is used again.
    """
    fields = {"summary": words, "tlp": tlp, "severity": severity}
    if held.incident_id is not None:
        incident = steps.hold_incident(viewer, held.incident, version=None)  # type: ignore[arg-type]
        if incident.state == IncidentState.CLOSED:
            raise NotAllowed(_("This incident is closed: open it again first."))
        for name, value in fields.items():
            setattr(incident, name, value)
        steps.keep(viewer, incident, "written", *fields, fields=["summary"])
        return incident
    begun = held.starts_at <= timezone.now()
    incident = Incident.objects.create(
        **fields,
        type_id=held.type_id,
        occurred_on=timezone.localdate(held.starts_at) if begun else timezone.localdate(),
        time_precision=TimePrecision.DAY,
        state=IncidentState.VERIFIED,
        urgency=Urgency.IMMEDIATE if begun else Urgency.EXPECTED,
        narrative=_("From an advisory of %(service)s.") % {"service": held.organisation.name},
        created_by_id=viewer.user_id,
        is_demo=held.is_demo,
        **_place_for(viewer, held),
    )
    facts = {"tlp": tlp, "severity": severity, "type": incident.type_id, "advisory": str(held.pk)}
    steps.note(viewer, incident, "made", version=incident.version, **facts)
    return incident


def _place_for(viewer: Viewer, held: Advisory) -> dict[str, object]:
    """The area that holds the advisory's areas, if it is the coordinator's; else the first of those that are."""
    posts = viewer.posts_as((Role.COORDINATOR,))
    own = {"region_id": held.region_id, "cercle_id": held.cercle_id, "commune_id": held.commune_id}
    choices = [own, *(common_area([area]) for area in held.areas.order_by("pk"))]
    columns = next((one for one in choices if any(post.covers(**one) for post in posts)), own)
    finest = next((level for level in (Level.COMMUNE, Level.CERCLE, Level.REGION) if columns[f"{level}_id"]), None)
    return {**columns, "place_precision": PlacePrecision(finest) if finest else PlacePrecision.UNKNOWN}


def _word(viewer: Viewer, advisory: Advisory, side: str, words: str, instruction: str) -> None:
    AdvisoryWording.objects.create(
        advisory=advisory,
        side=side,
        words=clean_words(words),
        instruction=clean_words(instruction),
        written_by_id=viewer.user_id,
    )


def _lock(advisory: Advisory) -> Advisory:
    rows = Advisory.objects.select_for_update(of=("self",)).select_related("organisation", "given_by", "incident")
    return rows.get(pk=advisory.pk)


def _lock_to_decide(viewer: Viewer, advisory: Advisory, version: int) -> Advisory:
    held = _lock(advisory)
    if not access.may_decide_on_advisory(viewer, held):
        raise NotAllowed(_("Only coordinators of the area may do this, and not for their own service."))
    _refuse_stale(held, version)
    if held.state == AdvisoryState.WITHDRAWN:
        raise NotAllowed(_("Its service withdrew this advisory."))
    if held.state == AdvisoryState.PASSED_ON and held.alert_id is not None:
        raise NotAllowed(_("This advisory was passed on already."))
    return held


def _refuse_stale(held: Advisory, version: int) -> None:
    if held.version != version:
        since = audit.entries_of(held).filter(facts__version__gt=version).select_related("actor").order_by("-id")
        changes = list(since[:10])
        last = changes[0] if changes else None
        raise ChangedMeanwhile(
            by=last.actor if last else None, at=last.at if last else None, version=held.version, changes=changes
        )


def _decide(viewer: Viewer, held: Advisory, state: str) -> None:
    held.state, held.decided_at, held.decided_by_id = state, timezone.now(), viewer.user_id


def _keep(viewer: Viewer, held: Advisory, verb: str, **facts: object) -> None:
    held.version += 1
    held.save()
    steps.note(viewer, held, verb, version=held.version, **facts)
