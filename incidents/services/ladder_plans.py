"""Making and changing ladders. What was frozen at the release of an alert does not change with them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from incidents.access import AUDIENCE_ROLES, LADDERS
from incidents.models import Audience, IncidentType, Ladder, LadderStep, Severity, Who
from incidents.services import steps
from incidents.services.climbing import checked_text
from incidents.services.errors import ChangedMeanwhile, NotAllowed
from orgs import audit
from orgs.models import Area, Organisation, OrganisationKind, User
from orgs.phones import normal_phone
from orgs.policy import Viewer

FIRST = 2
"""Step 1 is the release of the alert."""
MOST_STEPS = 6
LONGEST_WAIT = 24 * 60
LONGEST_RESUME = 7 * 24
LONGEST_NAME = 120
LONGEST_WORDS = 300


@dataclass(frozen=True)
class Rung:
    """One step as a person describes it: somebody told, or somebody called."""

    wait: int
    audience: str = ""
    role: str = ""
    area: Area | None = None
    organisation: Organisation | None = None
    kind: str = ""
    person: User | None = None
    who: str = Who.ALL
    call_name: str = ""
    call_phone: str = ""
    call_words: str = ""

    @property
    def is_call(self) -> bool:
        """Whether a coordinator calls somebody."""
        return bool(self.call_phone or self.call_name)


@dataclass(frozen=True)
class Wanted:
    """A ladder as a person describes it."""

    name: str
    area: Area
    types: Sequence[IncidentType] = ()
    severity: str = Severity.UNKNOWN
    resume_after: int | None = None
    is_active: bool = True
    rungs: Sequence[Rung] = ()


def keep_ladder(*, viewer: Viewer, wanted: Wanted, ladder: Ladder | None = None, version: int | None = None) -> Ladder:
    """Make a ladder, or change one; its steps are written anew."""
    _check(wanted)
    with transaction.atomic():
        kept = _held(viewer, ladder, version)
        kept.name, kept.area, kept.severity = wanted.name.strip(), wanted.area, wanted.severity
        kept.resume_after, kept.is_active = wanted.resume_after, wanted.is_active
        if LADDERS.audience(viewer, kept) != "coordinator":
            raise NotAllowed(_("You may keep ladders of your own areas only."))
        if kept.pk is None:
            kept.created_by_id = viewer.user_id
        else:
            kept.version += 1
        kept.save()
        kept.types.set(wanted.types)
        kept.steps.all().delete()
        LadderStep.objects.bulk_create(
            [_row(kept, number, rung) for number, rung in enumerate(wanted.rungs, start=FIRST)]
        )
        verb = "made" if ladder is None else "changed"
        facts = {"steps": len(wanted.rungs), "area": wanted.area.pk, "severity": wanted.severity}
        steps.note(viewer, kept, verb, version=kept.version, active=kept.is_active, **facts)
    return kept


def _held(viewer: Viewer, ladder: Ladder | None, version: int | None) -> Ladder:
    if ladder is None:
        return Ladder()
    held = Ladder.objects.select_for_update(of=("self",)).select_related("area").get(pk=ladder.pk)
    if LADDERS.audience(viewer, held) != "coordinator":
        raise NotAllowed(_("You may keep ladders of your own areas only."))
    if version is not None and held.version != version:
        last = audit.entries_of(held).select_related("actor").last()
        raise ChangedMeanwhile(
            by=last.actor if last else None, at=last.at if last else None, version=held.version, changes=()
        )
    return held


def _row(ladder: Ladder, number: int, rung: Rung) -> LadderStep:
    row = LadderStep(ladder=ladder, step=number, wait=rung.wait)
    if rung.is_call:
        row.call_name, row.call_words = rung.call_name.strip(), rung.call_words.strip()
        row.call_phone = rung.call_phone
        return row
    row.audience, row.role, row.kind, row.who = rung.audience, rung.role, rung.kind, rung.who
    row.area, row.organisation, row.person = rung.area, rung.organisation, rung.person
    return row


# --- What is checked ---------------------------------------------------------------------------------------------


def _check(wanted: Wanted) -> None:
    checked_text("name", wanted.name, longest=LONGEST_NAME, needed=_("Give it a name."))
    if wanted.severity not in Severity.values:
        raise ValidationError({"severity": _("Choose one of the list.")})
    if wanted.resume_after is not None and not 1 <= wanted.resume_after <= LONGEST_RESUME:
        raise ValidationError({"resume_after": _("From 1 hour to %(n)s hours.") % {"n": LONGEST_RESUME}})
    if not wanted.rungs:
        raise ValidationError({"steps": _("Describe at least one step.")})
    if len(wanted.rungs) > MOST_STEPS:
        raise ValidationError({"steps": _("At most %(n)s steps.") % {"n": MOST_STEPS}})
    for number, rung in enumerate(wanted.rungs, start=FIRST):
        problem = _problem(rung, is_last=number - FIRST == len(wanted.rungs) - 1)
        if problem:
            raise ValidationError({"steps": _("Step %(n)s: %(problem)s") % {"n": number, "problem": problem}})


def _problem(rung: Rung, *, is_last: bool) -> str:
    if not 1 <= rung.wait <= LONGEST_WAIT:
        return _("wait from 1 minute to 24 hours.")
    return _problem_of_call(rung, is_last=is_last) if rung.is_call else _problem_of_line(rung)


def _problem_of_call(rung: Rung, *, is_last: bool) -> str:
    if not is_last:
        return _("a person to call can only be the last step.")
    if not rung.call_name.strip() or not rung.call_phone:
        return _("give the name and the phone number of the person to call.")
    if normal_phone(rung.call_phone) != rung.call_phone:
        return _("this phone number cannot be called.")
    if not rung.call_words.strip():
        return _("write what to say on the phone.")
    checked_text("steps", rung.call_words, longest=LONGEST_WORDS)
    return ""


def _problem_of_line(rung: Rung) -> str:
    if rung.audience not in AUDIENCE_ROLES or rung.audience == Audience.PUBLIC:
        return _("say who is told.")
    if rung.role and rung.role not in AUDIENCE_ROLES[rung.audience]:
        return _("this role does not belong to this audience.")
    if rung.kind and rung.kind not in OrganisationKind.values:
        return _("choose the kind of organisation from the list.")
    if rung.who not in Who.values:
        return _("choose one of the list.")
    if rung.audience == Audience.ORGANISATION and rung.organisation is None:
        return _("say which organisation is concerned.")
    return ""
