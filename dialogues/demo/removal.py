"""Taking the dialogues of the demonstration away: what hangs on made-up rows goes with them, the rest stays.

Made up is what the story wrote and what was written with one of its accounts. What a person of this installation wrote
on something made up (a promise in a made-up session, a verdict on a made-up pact) has nothing left to stand on: it goes
too, and ``goes_along`` says how much of it there is before anything is removed.
"""

from collections.abc import Mapping
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from dialogues.models import (
    Agreement,
    Assessment,
    Commitment,
    Committee,
    Decision,
    GroupingStep,
    Holding,
    OwnerKind,
    Priority,
    Process,
    Proposal,
    RatingRound,
    Reminder,
    Seat,
    Session,
    SessionImport,
)
from orgs.models import Message


def sessions() -> QuerySet[Session]:
    """Sessions of the story, and those that were written down with one of its accounts."""
    return Session.objects.filter(Q(is_demo=True) | Q(recorded_by__is_demo=True))


def processes() -> QuerySet[Process]:
    """Processes of the story, and those begun with one of its accounts, unless others hold sessions in them."""
    of_others = Session.objects.filter(process=OuterRef("pk")).exclude(pk__in=sessions().values("pk"))
    return Process.objects.filter(Q(is_demo=True) | Q(created_by__is_demo=True) & ~Exists(of_others))


def commitments() -> QuerySet[Commitment]:
    """Promises of the story, by its accounts, or made where it was."""
    return Commitment.objects.filter(
        Q(is_demo=True)
        | Q(made_by__is_demo=True)
        | Q(session__in=sessions().values("pk"))
        | Q(session=None, process__in=processes().values("pk"))
    )


def agreements() -> QuerySet[Agreement]:
    """Agreements of the story, and those entered with one of its accounts."""
    return Agreement.objects.filter(Q(is_demo=True) | Q(made_by__is_demo=True))


def assessments() -> QuerySet[Assessment]:
    """Verdicts of the story, by its accounts or its organisations, or on what it made up."""
    return Assessment.objects.filter(
        Q(is_demo=True)
        | Q(written_by__is_demo=True)
        | Q(assessor__is_demo=True)
        | Q(provision__agreement__in=agreements().values("pk"))
    )


def committees() -> QuerySet[Committee]:
    """Committees of the story, and those entered with one of its accounts."""
    return Committee.objects.filter(Q(is_demo=True) | Q(made_by__is_demo=True))


def goes_along() -> Mapping[str, int]:
    """How many rows others wrote on what is made up: they go with it."""
    written = (
        commitments().filter(made_by__is_demo=False),
        _proposals().filter(written_by__is_demo=False),
        _priorities().filter(made_by__is_demo=False),
        _rounds().filter(opened_by__is_demo=False),
        assessments().filter(written_by__is_demo=False),
        Decision.objects.filter(committee__in=committees().values("pk"), written_by__is_demo=False),
    )
    return {str(rows.model._meta.verbose_name_plural): rows.count() for rows in written}


def remove_followed() -> Mapping[str, int]:
    """Take promises, verdicts, agreements and committees away; what others own stays, without its made-up body."""
    told = Reminder.objects.filter(commitment__in=commitments().values("pk"), message__isnull=False)
    Message.objects.filter(pk__in=list(told.values_list("message", flat=True))).delete()
    gone = {"commitments": _delete(commitments()), "assessments": _delete(assessments())}
    gone |= {"agreements": _delete(agreements()), "committees": _delete(committees())}
    made_up = Q(organisation__is_demo=True)
    # A promise has one owner: whoever was made up becomes somebody whose name is not kept.
    Commitment.objects.filter(made_up | Q(actor__is_demo=True)).update(
        owner_kind=OwnerKind.PERSON,
        organisation=None,
        actor=None,
        is_public=False,
        agreed_public_on=None,
        version=F("version") + 1,
    )
    Commitment.objects.filter(process__in=processes().values("pk")).update(process=None)
    Seat.objects.filter(made_up).update(organisation=None)
    Holding.objects.filter(made_up).update(organisation=None)
    Decision.objects.filter(owner__is_demo=True).update(owner=None)
    return gone


def remove_proposals() -> Mapping[str, int]:
    """Take ratings, priorities and proposals away; real proposals lose a made-up priority."""
    gone = {"rating rounds": _delete(_rounds())}
    GroupingStep.objects.filter(process__in=processes().values("pk")).delete()
    gone["proposals"] = _delete(_proposals())
    made_up = list(_priorities().values_list("pk", flat=True))
    Proposal.objects.filter(priority__in=made_up).update(priority=None)
    Priority.objects.filter(merged_into__in=made_up).update(merged_into=None)
    gone["priorities"] = _delete(_priorities())
    return gone


def remove() -> Mapping[str, int]:
    """Take sessions and processes away: sessions of others stay, without the made-up process or body."""
    gone = {"sessions": _delete(sessions())}
    Session.objects.filter(process__is_demo=True).update(process=None)
    Session.objects.filter(led_by__is_demo=True).update(led_by=None)
    gone["processes"] = _delete(processes())
    gone["files of sessions"] = _delete(SessionImport.objects.filter(uploaded_by__is_demo=True))
    return gone


def _rounds() -> QuerySet[RatingRound]:
    return RatingRound.objects.filter(
        Q(is_demo=True) | Q(process__in=processes().values("pk")) | Q(session__in=sessions().values("pk"))
    )


def _proposals() -> QuerySet[Proposal]:
    return Proposal.objects.filter(session__in=sessions().values("pk"))


def _priorities() -> QuerySet[Priority]:
    return Priority.objects.filter(Q(is_demo=True) | Q(process__in=processes().values("pk")))


def _delete(rows: QuerySet[Any]) -> int:
    numbers = list(rows.values_list("pk", flat=True))
    _all, gone = rows.model._default_manager.filter(pk__in=numbers).delete()
    return int(gone.get(rows.model._meta.label, 0))
