"""Duty rosters: who answers when. Never where anybody is: a roster has areas that it answers for, and hours."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from incidents.access import choice as access
from incidents.models import DutyReplacement, DutyRoster, DutyShift, IncidentType
from incidents.services import duty, steps
from incidents.services.errors import NotAllowed
from orgs.models import HOME_ZONE, Area, Membership, Organisation, TimeZone, User
from orgs.policy import Viewer
from orgs.wording import held_words

MOST_SHIFTS = 200


@dataclass(frozen=True)
class RosterSaid:
    """What a roster is for."""

    name: str
    areas: Sequence[Area]
    types: Sequence[IncidentType] = ()
    time_zone: str = HOME_ZONE


def keep_roster(
    *,
    viewer: Viewer,
    said: RosterSaid,
    organisation: Organisation | None = None,
    roster: DutyRoster | None = None,
    is_demo: bool = False,
) -> DutyRoster:
    """Begin a roster of a service or organisation, or change what one is for."""
    _check(said)
    with transaction.atomic():
        if roster is None:
            kept = DutyRoster(organisation=organisation, created_by_id=viewer.user_id, is_demo=is_demo)
            if not _may_begin(viewer, organisation, said.areas):
                raise NotAllowed(_("Only its own people and the coordinators of the area keep a roster."))
        else:
            kept = _hold(viewer, roster)
        kept.name, kept.time_zone = said.name.strip(), said.time_zone
        kept.save()
        kept.areas.set(said.areas)
        kept.types.set(said.types)
        steps.note(viewer, kept, "kept", areas=len(said.areas))
    return kept


def add_shifts(
    *,
    viewer: Viewer,
    roster: DutyRoster,
    person: User,
    from_time: time,
    to_time: time,
    weekdays: Sequence[int] = (),
    on_date: date | None = None,
    first_day: date | None = None,
    last_day: date | None = None,
) -> int:
    """Put a person on duty every week on these days, or once on a day; returns how many shifts are new."""
    _check_when(weekdays, on_date, first_day, last_day)
    with transaction.atomic():
        kept = _hold(viewer, roster)
        _check_person(kept, person)
        days: list[tuple[int | None, date | None]] = [(None, on_date)] if on_date else [(day, None) for day in weekdays]
        if kept.shifts.count() + len(days) > MOST_SHIFTS:
            raise ValidationError({"weekdays": _("At most %(n)s shifts in a roster.") % {"n": MOST_SHIFTS}})
        before = kept.shifts.count()
        DutyShift.objects.bulk_create(
            [
                DutyShift(
                    roster=kept,
                    person=person,
                    weekday=weekday,
                    on_date=day,
                    from_time=from_time,
                    to_time=to_time,
                    first_day=None if day else first_day,
                    last_day=None if day else last_day,
                    is_demo=kept.is_demo,
                )
                for weekday, day in days
            ],
            ignore_conflicts=True,
        )
        added = kept.shifts.count() - before
        steps.note(viewer, kept, "shifts_added", shifts=added)
    return added


def remove_shift(*, viewer: Viewer, shift: DutyShift) -> None:
    """Take a shift off the roster, with its replacements."""
    with transaction.atomic():
        kept = _hold(viewer, shift.roster)
        DutyShift.objects.filter(pk=shift.pk, roster=kept).delete()
        steps.note(viewer, kept, "shift_removed")


def replace_on_duty(
    *,
    viewer: Viewer,
    shift: DutyShift,
    on_date: date,
    person: User,
    from_now: bool = False,
    at: datetime | None = None,
) -> DutyReplacement:
    """Somebody else takes a shift on one day; with ``from_now`` only the rest of it, which is a hand-over."""
    at = at or timezone.now()
    with transaction.atomic():
        roster = _hold(viewer, shift.roster)
        _check_person(roster, person)
        turns = duty.turns_of([roster], at - timedelta(days=1), at + timedelta(days=400))[roster.pk]
        today = [turn for turn in turns if turn.shift_id == shift.pk and turn.on_date == on_date]
        if not today or today[-1].ends <= at:
            raise ValidationError({"on_date": _("There is no such shift on this day, or it is over.")})
        if from_now and today[0].starts > at:
            raise ValidationError({"on_date": _("This shift has not begun: choose somebody for the whole of it.")})
        try:
            with transaction.atomic():
                made = DutyReplacement.objects.create(
                    shift=shift,
                    on_date=on_date,
                    person=person,
                    starts_at=at if from_now else None,
                    created_by_id=viewer.user_id,
                )
        except IntegrityError:
            raise NotAllowed(_("Somebody has already been chosen for this day. Take that back first.")) from None
        steps.note(viewer, roster, "handed_over" if from_now else "replaced")
    return made


def take_back_replacement(*, viewer: Viewer, replacement: DutyReplacement) -> None:
    """The shift is again whose it was."""
    with transaction.atomic():
        roster = _hold(viewer, replacement.shift.roster)
        DutyReplacement.objects.filter(pk=replacement.pk).delete()
        steps.note(viewer, roster, "replacement_taken_back")


def delete_roster(*, viewer: Viewer, roster: DutyRoster) -> None:
    """Nobody is on duty by it any more. It can be taken back."""
    _mark(viewer, roster, deleted=True)


def restore_roster(*, viewer: Viewer, roster: DutyRoster) -> DutyRoster:
    """Take the deletion back."""
    return _mark(viewer, roster, deleted=False)


def people_for(roster: DutyRoster) -> list[User]:
    """Who can be put on duty: the people of the service or organisation."""
    posts = Membership.objects.current().filter(organisation=roster.organisation_id)
    return list(User.objects.active().filter(pk__in=posts.values("person")).order_by("name", "pk"))


def _mark(viewer: Viewer, roster: DutyRoster, *, deleted: bool) -> DutyRoster:
    with transaction.atomic():
        kept = _hold(viewer, roster)
        if (kept.deleted_at is not None) != deleted:
            kept.deleted_at = timezone.now() if deleted else None
            kept.save(update_fields=["deleted_at"])
            steps.note(viewer, kept, "deleted" if deleted else "restored")
    return kept


def _hold(viewer: Viewer, roster: DutyRoster) -> DutyRoster:
    held = DutyRoster.objects.select_for_update().filter(pk=roster.pk).first()
    if held is None or not access.may_keep_roster(viewer, held):
        raise NotAllowed(_("Only its own people and the coordinators of the area keep a roster."))
    return held


def _may_begin(viewer: Viewer, organisation: Organisation | None, areas: Sequence[Area]) -> bool:
    if organisation is None:
        return False
    if organisation.pk in access.organisations_with_rosters_of(viewer):
        return True
    return all(access.coordinates(viewer, area) for area in areas)


def _check(said: RosterSaid) -> None:
    wrong: dict[str, list[str] | str] = {}
    if not said.name.strip():
        wrong["name"] = _("Give it a name.")
    elif held := held_words(said.name):
        wrong["name"] = held
    if not said.areas:
        wrong["areas"] = _("Choose at least one area.")
    if said.time_zone not in TimeZone.values:
        wrong["time_zone"] = _("Choose one of the list.")
    if wrong:
        raise ValidationError(wrong)


def _check_when(weekdays: Sequence[int], on_date: date | None, first: date | None, last: date | None) -> None:
    if not weekdays and on_date is None:
        raise ValidationError({"weekdays": _("Choose days of the week, or one day.")})
    if weekdays and on_date is not None:
        raise ValidationError({"on_date": _("Days of the week or one day, not both.")})
    if not set(weekdays) <= set(range(1, 8)):
        raise ValidationError({"weekdays": _("Choose days of the week.")})
    if first is not None and last is not None and last < first:
        raise ValidationError({"last_day": _("The last day lies before the first.")})


def _check_person(roster: DutyRoster, person: User) -> None:
    current = Membership.objects.current().filter(organisation=roster.organisation_id, person=person)
    if not current.exists():
        raise ValidationError({"person": _("Choose somebody of this service or organisation.")})
