"""Rating priorities: a round is opened, rated by phones, on paper or by consensus, and closed for good."""

import secrets
from collections.abc import Collection, Mapping

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dialogues.access import PRIORITIES, SESSIONS, may_group
from dialogues.models import (
    MOST_PEOPLE,
    SCALE,
    Ballot,
    BallotMark,
    ConsensusMark,
    Criterion,
    Dissent,
    Group,
    PaperCount,
    Priority,
    Process,
    RatedPriority,
    RatingMethod,
    RatingRound,
    RatingState,
    Session,
)
from incidents.said import clean_words
from incidents.services.steps import note
from orgs.crypto import keyed_hash
from orgs.models.areas import plain_words
from orgs.policy import Viewer
from orgs.services.errors import NotAllowed
from orgs.wording import held_words

LONGEST_TITLE = 200
LONGEST_DISSENT = 500
MOST_PRIORITIES = 60
"""Priorities in one round: a phone shows them all on one page."""
_TRIES = 20


def open_round(
    *,
    viewer: Viewer,
    process: Process,
    title: str,
    method: str,
    session: Session | None = None,
    priorities: Collection[int] | None = None,
    is_demo: bool = False,
) -> RatingRound:
    """Open a round on the priorities as they read now (``None``: all that stand).

    Raises ``ValidationError`` by field, ``NotAllowed``.
    """
    title = clean_words(title)
    with transaction.atomic():
        held = Process.objects.select_for_update(of=("self",), no_key=True).get(pk=process.pk)
        if not may_group(viewer, held):
            raise NotAllowed
        rows = PRIORITIES.rows(viewer, Priority.objects.standing()).filter(process=held)
        chosen = list(rows if priorities is None else rows.filter(pk__in=priorities))
        _check_round(viewer, held, title=title, method=method, session=session, chosen=len(chosen))
        made = RatingRound(
            process=held, session=session, title=title, method=method, opened_by_id=viewer.user_id, is_demo=is_demo
        )
        _save_with_code(made)
        RatedPriority.objects.bulk_create(
            RatedPriority(
                round=made, priority=one, position=place, title=one.title, words=one.words, theme=one.theme
            )
            for place, one in enumerate(chosen, start=1)
        )  # fmt: skip
        note(viewer, made, "opened", priorities=len(chosen), method=method)
    return made


def _check_round(
    viewer: Viewer, process: Process, *, title: str, method: str, session: Session | None, chosen: int
) -> None:
    problems: dict[str, str | list[str]] = {}
    if not plain_words(title) or len(title) > LONGEST_TITLE:
        problems["title"] = _("Write a title of at most %(n)d characters.") % {"n": LONGEST_TITLE}
    elif held := held_words(title):
        problems["title"] = held
    if method not in RatingMethod.values:
        problems["method"] = _("Choose one of the list.")
    if not 1 <= chosen <= MOST_PRIORITIES:
        problems["priorities"] = _("Choose 1 to %(n)d priorities.") % {"n": MOST_PRIORITIES}
    if session is not None and (session.process_id != process.pk or not SESSIONS.sees(viewer, session)):
        problems["session"] = _("Choose a session of this process.")
    if problems:
        raise ValidationError(problems)


def _save_with_code(made: RatingRound) -> None:
    """A code for the phones of an individual round; another one where an open round has it already."""
    if made.method == RatingMethod.CONSENSUS:
        made.save()
        return
    for left in reversed(range(_TRIES)):
        made.code = f"{secrets.randbelow(10**6):06d}"
        try:
            with transaction.atomic():
                made.save()
        except IntegrityError:
            if not left:
                raise
        else:
            return


# --- Phones ------------------------------------------------------------------------------------------------------


def round_by_code(code: str) -> RatingRound | None:
    """The open round that phones rate by this code."""
    digits = "".join(sign for sign in code if sign.isdecimal())
    if len(digits) != 6:
        return None
    plain = "".join(str(int(sign)) for sign in digits)
    return RatingRound.objects.filter(code=plain, state=RatingState.OPEN, method=RatingMethod.INDIVIDUAL).first()


def open_round_of(number: int) -> RatingRound | None:
    """The round that a phone has entered, while it takes ratings."""
    return RatingRound.objects.filter(pk=number, state=RatingState.OPEN, method=RatingMethod.INDIVIDUAL).first()


def items_of(rating: RatingRound) -> list[RatedPriority]:
    """The priorities of a round in their order."""
    return list(rating.items.order_by("position", "pk"))


def marks_of(rating: RatingRound, voter: str) -> dict[tuple[int, str], int]:
    """What this phone has said so far: (priority in the round, criterion) -> value."""
    rows = BallotMark.objects.filter(ballot__round=rating, ballot__voter_key=_voter_key(rating, voter))
    return {(item, criterion): value for item, criterion, value in rows.values_list("item", "criterion", "value")}


def cast(*, rating: RatingRound, voter: str, marks: Mapping[tuple[int, str], int]) -> int:
    """Put one phone's ratings in place of what it said before; returns how many marks it has now.

    ``voter`` is what the phone keeps, and only its hash with the round is written. No audit line: it would say when
    somebody rated. Raises ``NotAllowed`` where the round is closed, ``ValidationError``.
    """
    _check_marks(rating, marks)
    with transaction.atomic():
        _share_open(rating)
        key = _voter_key(rating, voter)
        Ballot.objects.bulk_create([Ballot(round=rating, voter_key=key)], ignore_conflicts=True)
        ballot = Ballot.objects.select_for_update().get(round=rating, voter_key=key)
        ballot.marks.all().delete()
        BallotMark.objects.bulk_create(
            BallotMark(ballot=ballot, item_id=item, criterion=criterion, value=value)
            for (item, criterion), value in marks.items()
        )
    return len(marks)


def _voter_key(rating: RatingRound, voter: str) -> str:
    return keyed_hash("ballot", f"{rating.pk}-{voter}")


def _check_marks(rating: RatingRound, marks: Mapping[tuple[int, str], int]) -> None:
    known = set(rating.items.values_list("pk", flat=True))
    if not marks:
        raise ValidationError(_("Choose at least one number."))
    for (item, criterion), value in marks.items():
        if item not in known or criterion not in Criterion.values or value not in SCALE:
            raise ValidationError(_("Choose a number from 1 to 5."))


def _share_open(rating: RatingRound) -> None:
    """Hold the round open. Phones do not wait for each other; closing waits for those that are writing."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT state, method FROM dialogues_ratinground WHERE id = %s FOR SHARE",
            [rating.pk],
        )
        found = cursor.fetchone()
    if found != (RatingState.OPEN.value, RatingMethod.INDIVIDUAL.value):
        raise NotAllowed(_("This rating is closed."))


# --- The room ----------------------------------------------------------------------------------------------------


def count_paper(*, viewer: Viewer, item: RatedPriority, people: Mapping[tuple[str, int], int]) -> int:
    """Write how many hands or papers gave each value: (criterion, value) -> people, in place of what stood.

    They add to the phones; whoever rated by phone must not be counted on paper too. Returns the largest number of
    voices on one criterion. Raises ``ValidationError``, ``NotAllowed``.
    """
    for (criterion, value), count in people.items():
        if criterion not in Criterion.values or value not in SCALE or not 0 <= count <= MOST_PEOPLE:
            raise ValidationError({f"{criterion}_{value}": _("Write a number from 0 to %(n)d.") % {"n": MOST_PEOPLE}})
    with transaction.atomic():
        rating = _held_open(viewer, item.round, RatingMethod.INDIVIDUAL)
        PaperCount.objects.filter(item=item).delete()
        PaperCount.objects.bulk_create(
            PaperCount(item=item, criterion=criterion, value=value, people=count)
            for (criterion, value), count in people.items()
            if count
        )
        voices = [sum(n for (one, _value), n in people.items() if one == name) for name in Criterion.values]
        note(viewer, rating, "counted", item=item.pk, voices=max(voices))
    return max(voices)


def agree(*, viewer: Viewer, rating: RatingRound, values: Mapping[tuple[int, str], int]) -> None:
    """Write on what the room agreed: (priority in the round, criterion) -> value, in place of what stood."""
    with transaction.atomic():
        held = _held_open(viewer, rating, RatingMethod.CONSENSUS)
        _check_marks(held, values)
        ConsensusMark.objects.filter(item__round=held).delete()
        ConsensusMark.objects.bulk_create(
            ConsensusMark(item_id=item, criterion=criterion, value=value) for (item, criterion), value in values.items()
        )
        note(viewer, held, "agreed", values=len(values))


def dissent(*, viewer: Viewer, item: RatedPriority, group: str, words: str) -> Dissent:
    """Write who does not agree, while the round is open. Sent twice it is one."""
    words = clean_words(words)
    problems: dict[str, str | list[str]] = {}
    if not words or len(words) > LONGEST_DISSENT:
        problems["words"] = _("Write what they say, in at most %(n)d characters.") % {"n": LONGEST_DISSENT}
    elif held := held_words(words):
        problems["words"] = held
    if group not in Group.values:
        problems["group"] = _("Choose one of the list.")
    if problems:
        raise ValidationError(problems)
    with transaction.atomic():
        rating = _held_open(viewer, item.round)
        made, new = Dissent.objects.get_or_create(
            item=item, group=group, words=words, defaults={"written_by_id": viewer.user_id}
        )
        if new:
            note(viewer, rating, "dissent", item=item.pk, group=group)
    return made


def take_back_dissent(*, viewer: Viewer, rating: RatingRound, number: int) -> None:
    """Take away what was written by mistake, while the round is open. What is gone already stays gone."""
    with transaction.atomic():
        held = _held_open(viewer, rating)
        if Dissent.objects.filter(item__round=held, pk=number).delete()[0]:
            note(viewer, held, "dissent_removed")


def close_round(*, viewer: Viewer, rating: RatingRound) -> RatingRound:
    """Close a round for good: its code is nobody’s any more, and its ranking is read by all who may. Twice is once."""
    with transaction.atomic():
        held = RatingRound.objects.select_for_update(of=("self",)).select_related("process").get(pk=rating.pk)
        if not may_group(viewer, held.process):
            raise NotAllowed
        if held.is_open:
            held.state, held.closed_at, held.code = RatingState.CLOSED, timezone.now(), ""
            held.save(update_fields=["state", "closed_at", "code"])
            note(viewer, held, "closed")
    return held


def _held_open(viewer: Viewer, rating: RatingRound, method: str = "") -> RatingRound:
    held = RatingRound.objects.select_for_update(of=("self",)).select_related("process").get(pk=rating.pk)
    if not may_group(viewer, held.process):
        raise NotAllowed
    if not held.is_open:
        raise NotAllowed(_("This rating is closed and does not change any more. Open a new round."))
    if method and held.method != method:
        raise NotAllowed(_("This round is rated in another way; the two are never mixed."))
    return held
