"""Writing committees: the body itself, its seats and who holds them, its meetings, its decisions."""

from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from dialogues.access import (
    PROCESSES,
    SESSIONS,
    may_begin_committee,
    may_begin_committee_in,
    may_edit_committee,
)
from dialogues.models import (
    MOST_MONTHS,
    AgeBand,
    Committee,
    CommitteeKind,
    CommitteeState,
    Decision,
    DecisionFollowUp,
    DecisionState,
    Group,
    Holding,
    Meeting,
    Process,
    Seat,
    Session,
    SessionKind,
    Sex,
)
from dialogues.models.agreements import SHARED
from dialogues.services import holder_names
from dialogues.services.problems import Problems, hold_words, raise_any
from incidents.services.steps import note
from orgs.access import ORGANISATIONS
from orgs.models import Area, AreaColumns, Organisation
from orgs.policy import Viewer
from orgs.services.errors import Faster, NotAllowed

EARLIEST = date(1990, 1, 1)
MOST_SEATS = 100


@dataclass(frozen=True)
class CommitteeSaid:
    """What somebody writes of a committee. Without an area it is for the whole country."""

    name: str
    kind: str
    created_on: date
    meets_every: int = 3
    area: Area | None = None
    process: Process | None = None
    state: str = "active"
    tlp: str = "green"

    @property
    def columns(self) -> AreaColumns:
        """The columns of the area."""
        return AreaColumns() if self.area is None else self.area.ancestry_ids


@dataclass(frozen=True)
class SeatSaid:
    """What somebody writes of a seat."""

    label: str
    group: str
    organisation: Organisation | None = None


@dataclass(frozen=True)
class HolderSaid:
    """Who holds a seat. A name only with consent."""

    since: date
    organisation: Organisation | None = None
    sex: str = "u"
    age_band: str = "u"
    name: str = ""
    consent: str = ""
    consented_on: date | None = None


@dataclass(frozen=True)
class DecisionSaid:
    """What was decided."""

    words: str
    decided_on: date
    owner: Organisation | None = None
    owner_text: str = ""
    due_on: date | None = None
    session: Session | None = None


def keep_committee(
    *,
    viewer: Viewer,
    said: CommitteeSaid,
    committee: Committee | None = None,
    version: int | None = None,
    is_demo: bool = False,
) -> Committee:
    """Enter a committee, or change one that was at ``version`` when it was shown.

    Raises ``ValidationError`` by field of ``CommitteeSaid``, ``Faster``, ``NotAllowed``.
    """
    _check_committee(said)
    with transaction.atomic():
        if committee is None:
            if not may_begin_committee(viewer):
                raise NotAllowed
            row = Committee(made_by_id=viewer.user_id, version=0, is_demo=is_demo)
        else:
            row = _hold(viewer, committee)
            if version is not None and row.version != version:
                raise Faster(row.version)
        _check_place(viewer, row, said, is_new=committee is None)
        row.region_id, row.cercle_id, row.commune_id = said.columns
        for name in ("name", "kind", "created_on", "meets_every", "process", "state", "tlp"):
            setattr(row, name, getattr(said, name))
        row.version += 1
        row.save()
        note(viewer, row, "recorded" if committee is None else "edited", version=row.version)
    return row


def add_seat(*, viewer: Viewer, committee: Committee, said: SeatSaid) -> Seat:
    """Add a seat. The people of the organisation for which it is kept read the committee from then on."""
    with transaction.atomic():
        held = _hold(viewer, committee)
        _check_seat(viewer, held, said, None)
        place = held.seats.count()
        if place >= MOST_SEATS:
            raise ValidationError({"label": _("At most %(n)d seats.") % {"n": MOST_SEATS}})
        seat = Seat.objects.create(
            committee=held, label=said.label, group=said.group, organisation=said.organisation, position=place
        )
        note(viewer, seat, "added", committee=held.pk, organisation=seat.organisation_id)
    return seat


def change_seat(*, viewer: Viewer, seat: Seat, said: SeatSaid) -> Seat:
    """Change a seat's words, its group, or for whom it is kept."""
    with transaction.atomic():
        held = _hold_seat(viewer, seat)
        _check_seat(viewer, held.committee, said, held)
        held.label, held.group, held.organisation = said.label, said.group, said.organisation
        held.save(update_fields=["label", "group", "organisation"])
        note(viewer, held, "edited", committee=held.committee_id, organisation=held.organisation_id)
    return held


def end_seat(*, viewer: Viewer, seat: Seat, on: date) -> Seat:
    """Let a seat be no more from a day on: whoever holds it leaves it, who held it stays known."""
    with transaction.atomic():
        held = _hold_seat(viewer, seat)
        if on > timezone.localdate():
            raise ValidationError({"on": _("This day has not come yet.")})
        for one in held.holdings.filter(until__isnull=True):
            _leave(one, on)
        if held.holdings.filter(until__gt=on).exists():
            raise ValidationError({"on": _("Somebody held it after this day.")})
        held.ended_on = on
        held.save(update_fields=["ended_on"])
        note(viewer, held, "ended", committee=held.committee_id)
    return held


def fill_seat(*, viewer: Viewer, seat: Seat, said: HolderSaid) -> Holding:
    """Write that somebody holds a seat from a day on. Nobody else may hold it on that day or afterwards."""
    with transaction.atomic():
        held = _hold_seat(viewer, seat)
        _check_holder(viewer, held, said)
        later = held.holdings.filter(until__isnull=True).first() or held.holdings.filter(until__gt=said.since).first()
        if later is not None:
            words = _("Somebody else holds this seat since %(day)s: they leave it first.")
            raise ValidationError({"since": words % {"day": date_format(later.since)}})
        row = Holding.objects.create(
            seat=held, organisation=said.organisation, sex=said.sex, age_band=said.age_band, since=said.since,
            written_by_id=viewer.user_id,
        )  # fmt: skip
        holder_names.keep(viewer, row, said.name, said.consent, said.consented_on)
        note(viewer, held, "filled", committee=held.committee_id, organisation=row.organisation_id)
    return row


def vacate_seat(*, viewer: Viewer, seat: Seat, on: date) -> Seat:
    """Write that whoever holds a seat left it on a day."""
    with transaction.atomic():
        held = _hold_seat(viewer, seat)
        holding = held.holdings.filter(until__isnull=True).first()
        if holding is None:
            raise ValidationError({"on": _("Nobody holds this seat.")})
        _leave(holding, on)
        note(viewer, held, "vacated", committee=held.committee_id)
    return held


def link_meeting(*, viewer: Viewer, committee: Committee, session: Session) -> Meeting:
    """Say that a session is a meeting of the committee. Only of one that one sees oneself."""
    with transaction.atomic():
        held = _hold(viewer, committee)
        if not SESSIONS.sees(viewer, session) or session.kind != SessionKind.COMMITTEE:
            raise ValidationError({"session": _("Choose one of the list.")})
        try:
            with transaction.atomic():
                row = Meeting.objects.create(committee=held, session=session, linked_by_id=viewer.user_id)
        except IntegrityError as error:
            raise ValidationError({"session": _("This session is a meeting of a committee already.")}) from error
        note(viewer, row, "linked", committee=held.pk, session=session.pk)
    return row


def unlink_meeting(*, viewer: Viewer, meeting: Meeting) -> None:
    """Take back that a session is a meeting of the committee; the session itself stays."""
    with transaction.atomic():
        held = _hold(viewer, meeting.committee)
        if not SESSIONS.sees(viewer, meeting.session):
            raise NotAllowed
        note(viewer, meeting, "unlinked", committee=held.pk, session=meeting.session_id)
        meeting.delete()


def decide(*, viewer: Viewer, committee: Committee, said: DecisionSaid) -> Decision:
    """Write down a decision."""
    with transaction.atomic():
        held = _hold(viewer, committee)
        _check_decision(viewer, held, said)
        columns = {
            "session": said.session, "decided_on": said.decided_on, "words": said.words, "owner": said.owner,
            "owner_text": said.owner_text, "due_on": said.due_on, "written_by_id": viewer.user_id,
        }  # fmt: skip
        if (before := held.decisions.filter(**columns).first()) is not None:  # the button was pressed twice
            return before
        row = Decision.objects.create(committee=held, **columns)
        note(viewer, row, "decided", committee=held.pk)
    return row


def follow_decision(*, viewer: Viewer, decision: Decision, state: str, words: str = "") -> DecisionFollowUp:
    """Note how a decision stands now. Notes are added, never changed."""
    problems: Problems = {}
    if state not in DecisionState.values:
        problems["state"] = [_("Choose one of the list.")]
    if state == DecisionState.DROPPED and not words:
        problems["words"] = [_("Write in a sentence why.")]
    hold_words(problems, words=words)
    raise_any(problems)
    with transaction.atomic():
        held = Decision.objects.select_for_update(of=("self",)).select_related("committee").get(pk=decision.pk)
        if not may_edit_committee(viewer, held.committee):
            raise NotAllowed
        last = held.follow_ups.order_by("-pk").first()
        if last is not None and (last.state, last.words, last.written_by_id) == (state, words, viewer.user_id):
            return last  # the button was pressed twice
        row = DecisionFollowUp.objects.create(decision=held, state=state, words=words, written_by_id=viewer.user_id)
        held.state = state
        held.save(update_fields=["state"])
        note(viewer, held, "followed", committee=held.committee_id, state=state)
    return row


# --- What may be written -----------------------------------------------------------------------------------------


def _hold(viewer: Viewer, committee: Committee) -> Committee:
    held = Committee.objects.select_for_update(of=("self",)).get(pk=committee.pk)
    if not may_edit_committee(viewer, held):
        raise NotAllowed
    return held


def _hold_seat(viewer: Viewer, seat: Seat) -> Seat:
    held = Seat.objects.select_for_update(of=("self",)).select_related("committee").get(pk=seat.pk)
    if not may_edit_committee(viewer, held.committee):
        raise NotAllowed
    if held.ended_on is not None:
        raise NotAllowed(_("This seat is no more."))
    return held


def _leave(holding: Holding, on: date) -> None:
    if on > timezone.localdate():
        raise ValidationError({"on": _("This day has not come yet.")})
    if on <= holding.since:
        words = _("They hold it since %(day)s: this day must be later.")
        raise ValidationError({"on": words % {"day": date_format(holding.since)}})
    holding.until = on
    holding.save(update_fields=["until"])


def _check_committee(said: CommitteeSaid) -> None:
    problems: Problems = {}
    if not said.name:
        problems["name"] = [_("Give it a name.")]
    one_of = {"kind": CommitteeKind.values, "state": CommitteeState.values, "tlp": SHARED}
    for name, values in one_of.items():
        if getattr(said, name) not in values:
            problems[name] = [_("Choose one of the list.")]
    if not EARLIEST <= said.created_on <= timezone.localdate():
        problems["created_on"] = [_("Between %(year)d and today.") % {"year": EARLIEST.year}]
    if not 1 <= said.meets_every <= MOST_MONTHS:
        problems["meets_every"] = [_("From 1 to %(n)d months.") % {"n": MOST_MONTHS}]
    hold_words(problems, name=said.name)
    raise_any(problems)


def _check_place(viewer: Viewer, row: Committee, said: CommitteeSaid, *, is_new: bool) -> None:
    moved = is_new or (row.region_id, row.cercle_id, row.commune_id) != tuple(said.columns)
    if moved and not may_begin_committee_in(viewer, said.columns):
        raise ValidationError({"area": _("You keep committees of your own areas only.")})
    chosen = said.process
    if chosen is not None and chosen.pk != row.process_id and not PROCESSES.sees(viewer, chosen):
        raise ValidationError({"process": _("There is no such process.")})


def _check_seat(viewer: Viewer, committee: Committee, said: SeatSaid, seat: Seat | None) -> None:
    problems: Problems = {}
    if not said.label:
        problems["label"] = [_("Give it a name.")]
    elif committee.seats.filter(label=said.label, ended_on__isnull=True).exclude(pk=seat.pk if seat else 0).exists():
        problems["label"] = [_("There is a seat of this name already. Add a number: “herders 2”.")]
    if said.group not in Group.values:
        problems["group"] = [_("Choose one of the list.")]
    if not _may_name(viewer, said.organisation, seat.organisation_id if seat else None):
        problems["organisation"] = [_("Choose one of the list.")]
    hold_words(problems, label=said.label)
    raise_any(problems)


def _check_holder(viewer: Viewer, seat: Seat, said: HolderSaid) -> None:
    problems: Problems = {}
    if said.since > timezone.localdate():
        problems["since"] = [_("This day has not come yet.")]
    elif said.since < EARLIEST:
        problems["since"] = [_("Between %(year)d and today.") % {"year": EARLIEST.year}]
    if said.sex not in Sex.values or said.age_band not in AgeBand.values:
        problems["age_band"] = [_("Choose one of the list.")]
    if not _may_name(viewer, said.organisation, seat.organisation_id):
        problems["organisation"] = [_("Choose one of the list.")]
    problems |= holder_names.problems_of(said.name, said.consent, said.consented_on)
    raise_any(problems)


def _check_decision(viewer: Viewer, committee: Committee, said: DecisionSaid) -> None:
    problems: Problems = {}
    if not said.words:
        problems["words"] = [_("Write what was decided.")]
    if not EARLIEST <= said.decided_on <= timezone.localdate():
        problems["decided_on"] = [_("Between %(year)d and today.") % {"year": EARLIEST.year}]
    if said.due_on is not None and said.due_on < said.decided_on:
        problems["due_on"] = [_("This day is before the decision.")]
    if not _may_name(viewer, said.owner, None):
        problems["owner"] = [_("Choose one of the list.")]
    if said.session is not None and not _is_meeting(viewer, committee, said.session):
        problems["session"] = [_("Choose one of the list.")]
    hold_words(problems, words=said.words, owner_text=said.owner_text)
    raise_any(problems)


def _may_name(viewer: Viewer, organisation: Organisation | None, kept: int | None) -> bool:
    """An organisation that one sees in the directory, or the one that stood there already."""
    return organisation is None or organisation.pk == kept or ORGANISATIONS.sees(viewer, organisation)


def _is_meeting(viewer: Viewer, committee: Committee, session: Session) -> bool:
    return SESSIONS.sees(viewer, session) and committee.meetings.filter(session=session).exists()
