"""Rating priorities: a round is opened, rated by phones (``ballots``), on paper or by consensus, and closed."""

import secrets
from collections.abc import Collection, Mapping

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dialogues.access import PRIORITIES, SESSIONS, may_group
from dialogues.models import (
    MOST_PEOPLE,
    MOST_SLIPS,
    SCALE,
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
    RatingSlip,
    RatingState,
    Session,
)
from incidents.said import clean_words
from incidents.services.steps import note
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
    slips: int = 0,
    is_demo: bool = False,
) -> RatingRound:
    """Open a round on the priorities as they read now (``None``: all that stand).

    ``slips``: so many printed codes, each for one phone; without them there is one code for all phones.

    Raises ``ValidationError`` by field, ``NotAllowed``.
    """
    title = clean_words(title)
    with transaction.atomic():
        held = Process.objects.select_for_update(of=("self",), no_key=True).get(pk=process.pk)
        if not may_group(viewer, held):
            raise NotAllowed
        rows = PRIORITIES.rows(viewer, Priority.objects.standing()).filter(process=held)
        chosen = list(rows if priorities is None else rows.filter(pk__in=priorities))
        _check_round(viewer, held, title=title, method=method, session=session, chosen=len(chosen), slips=slips)
        made = RatingRound(
            process=held, session=session, title=title, method=method, slips=slips, opened_by_id=viewer.user_id,
            is_demo=is_demo,
        )  # fmt: skip
        _save_with_code(made)
        _make_slips(made, slips)
        RatedPriority.objects.bulk_create(
            RatedPriority(
                round=made, priority=one, position=place, title=one.title, words=one.words, theme=one.theme
            )
            for place, one in enumerate(chosen, start=1)
        )  # fmt: skip
        note(viewer, made, "opened", priorities=len(chosen), method=method, slips=slips)
    return made


def _check_round(
    viewer: Viewer, process: Process, *, title: str, method: str, session: Session | None, chosen: int, slips: int
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
    if not 0 <= slips <= MOST_SLIPS:
        problems["slips"] = _("Write a number from 0 to %(n)d.") % {"n": MOST_SLIPS}
    elif slips and method == RatingMethod.CONSENSUS:
        problems["slips"] = _("Slips are for phones: where the room agrees on one rating nobody needs one.")
    if session is not None and (session.process_id != process.pk or not SESSIONS.sees(viewer, session)):
        problems["session"] = _("Choose a session of this process.")
    if problems:
        raise ValidationError(problems)


def _save_with_code(made: RatingRound) -> None:
    """A code for the phones of an individual round without slips; another one where an open round has it already."""
    if made.method == RatingMethod.CONSENSUS or made.slips:
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


def add_slips(*, viewer: Viewer, rating: RatingRound, number: int) -> int:
    """Make more slips for an open round that goes by slips; returns how many it has now.

    Raises ``ValidationError``, ``NotAllowed``.
    """
    with transaction.atomic():
        held = _held_open(viewer, rating, RatingMethod.INDIVIDUAL)
        if not held.slips:
            raise NotAllowed(_("This round has one code for all. For slips, open a new round."))
        if not 1 <= number <= MOST_SLIPS - held.slips:
            most = _("A round has at most %(n)d slips; this one has %(now)d.")
            raise ValidationError({"number": most % {"n": MOST_SLIPS, "now": held.slips}})
        held.slips += number
        held.save(update_fields=["slips"])
        _make_slips(held, number)
        note(viewer, held, "slips", slips=number)
    return held.slips


def _make_slips(rating: RatingRound, number: int) -> None:
    """So many codes that no other slip has; of two that are drawn alike one is drawn again."""
    wanted = rating.printed.count() + number
    while missing := wanted - rating.printed.count():
        RatingSlip.objects.bulk_create(
            [RatingSlip(round=rating, code=f"{secrets.randbelow(10**8):08d}") for _n in range(missing)],
            ignore_conflicts=True,
        )


def items_of(rating: RatingRound) -> list[RatedPriority]:
    """The priorities of a round in their order."""
    return list(rating.items.order_by("position", "pk"))


def check_marks(rating: RatingRound, marks: Mapping[tuple[int, str], int]) -> None:
    """Raise ``ValidationError`` unless there are marks, all of priorities of this round and on the scale."""
    known = set(rating.items.values_list("pk", flat=True))
    if not marks:
        raise ValidationError(_("Choose at least one number."))
    for (item, criterion), value in marks.items():
        if item not in known or criterion not in Criterion.values or value not in SCALE:
            raise ValidationError(_("Choose a number from 1 to 5."))


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
        check_marks(held, values)
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
    """Close a round for good: its codes are nobody’s now, and its ranking is read by all who may. Twice is once."""
    with transaction.atomic():
        held = RatingRound.objects.select_for_update(of=("self",)).select_related("process").get(pk=rating.pk)
        if not may_group(viewer, held.process):
            raise NotAllowed
        if held.is_open:
            held.state, held.closed_at, held.code = RatingState.CLOSED, timezone.now(), ""
            held.save(update_fields=["state", "closed_at", "code"])
            held.printed.all().delete()
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
