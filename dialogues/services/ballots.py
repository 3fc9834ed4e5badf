"""Rating by phone: coming in by a code, and one ballot a phone, of which nobody can say whose it is."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from dialogues.models import Ballot, BallotMark, RatingMethod, RatingRound, RatingSlip, RatingState
from dialogues.services.ratings import check_marks
from orgs.crypto import keyed_hash
from orgs.services.errors import NotAllowed


@dataclass(frozen=True)
class Entry:
    """Where a code leads: an open round, and the slip on which it is printed (``None``: the code for all phones)."""

    rating: RatingRound
    slip: int | None = None
    is_used: bool = False
    """Somebody has rated with this slip."""


def entry_by_code(code: str) -> Entry | None:
    """The open round that phones rate by this code: six digits for all, eight on a slip."""
    plain = "".join(str(int(sign)) for sign in code if sign.isdecimal())
    if len(plain) == 6:
        found = RatingRound.objects.filter(code=plain, state=RatingState.OPEN, method=RatingMethod.INDIVIDUAL).first()
        return Entry(found) if found else None
    if len(plain) == 8:
        slips = RatingSlip.objects.filter(code=plain, round__state=RatingState.OPEN)
        slip = slips.select_related("round").first()
        return Entry(slip.round, slip.pk, slip.is_used) if slip else None
    return None


def open_round_of(number: int) -> RatingRound | None:
    """The round that a phone has entered, while it takes ratings."""
    return RatingRound.objects.filter(pk=number, state=RatingState.OPEN, method=RatingMethod.INDIVIDUAL).first()


def marks_of(rating: RatingRound, voter: str) -> dict[tuple[int, str], int]:
    """What this phone has said so far: (priority in the round, criterion) -> value."""
    rows = BallotMark.objects.filter(ballot__round=rating, ballot__voter_key=_voter_key(rating, voter))
    return {(item, criterion): value for item, criterion, value in rows.values_list("item", "criterion", "value")}


def cast(*, rating: RatingRound, voter: str, marks: Mapping[tuple[int, str], int], slip: int | None = None) -> int:
    """Put one phone's ratings in place of what it said before; returns how many marks it has now.

    ``voter`` is what the phone keeps, and only its hash with the round is written. No audit line: it would say when
    somebody rated. ``slip`` is the one that the phone came in by; the first phone that rates with it uses it up.
    Raises ``NotAllowed`` where the round is closed, ``ValidationError``.
    """
    check_marks(rating, marks)
    with transaction.atomic():
        _share_open(rating)
        key = _voter_key(rating, voter)
        if rating.slips:
            _use(rating, slip, key)
        Ballot.objects.bulk_create([Ballot(round=rating, voter_key=key)], ignore_conflicts=True)
        ballot = Ballot.objects.select_for_update().get(round=rating, voter_key=key)
        ballot.marks.all().delete()
        BallotMark.objects.bulk_create(
            BallotMark(ballot=ballot, item_id=item, criterion=criterion, value=value)
            for (item, criterion), value in marks.items()
        )
    return len(marks)


def _use(rating: RatingRound, slip: int | None, key: str) -> None:
    """Use a slip up, once; whoever rated with it may change what they said. Nothing is written of who it was."""
    unused = rating.printed.filter(pk=slip or 0, is_used=False)
    if not unused.update(is_used=True) and not Ballot.objects.filter(round=rating, voter_key=key).exists():
        raise ValidationError(_("Somebody has rated with this slip already. Ask the facilitator for another one."))


def _voter_key(rating: RatingRound, voter: str) -> str:
    return keyed_hash("ballot", f"{rating.pk}-{voter}")


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
