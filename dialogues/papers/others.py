"""What commitments and priorities say in papers: what was promised, what was ranked, and the lines to rate."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from dialogues.access.commitments import COMMITMENTS
from dialogues.access.proposals import PRIORITIES, ROUNDS
from dialogues.commitments_shown import Owner, owners_of
from dialogues.disclosed_commitments import COMMITMENT
from dialogues.disclosed_proposals import PRIORITY, ROUND
from dialogues.models import CommitmentState, Process, RatingMethod, RatingState, Session
from dialogues.papers.sections import Section, strictest
from dialogues.papers.shown import NOT_SAID
from dialogues.rated import ShownRank, ranking
from orgs.listing import columns_for
from orgs.models import Tlp
from orgs.policy import Viewer
from orgs.presentation.times import exact

MOST = 300


def commitments_of(viewer: Viewer, row: Session | Process) -> Section | None:
    """What was promised, by whom, by when, and how far it is kept, as the viewer is shown each of them."""
    columns = columns_for(COMMITMENTS, COMMITMENT, viewer)
    if not columns:
        return None
    of = Q(session=row) if isinstance(row, Session) else Q(process=row) | Q(session__process=row)
    rows = COMMITMENTS.rows(viewer).filter(of).exclude(tlp=Tlp.RED).annotate(**columns)
    found = list(rows.order_by("order_on", "id").values("id", "tlp", *columns)[:MOST])
    owners = _owners(viewer, found)
    wanted = {one["shown_priority_id"] for one in found if one["shown_priority_id"]}
    carried = _titles(viewer, wanted) if wanted else {}
    if not found:
        return None
    return Section(
        title=_("Commitments"),
        headings=(_("What"), _("Who"), _("By when"), _("State"), *([_("Priority")] if carried else [])),
        rows=[_line(one, owners[one["id"]], carried) for one in found],
        tlp=strictest(one["tlp"] for one in found),
    )


def _titles(viewer: Viewer, priorities: set[int]) -> dict[int, str]:
    columns = columns_for(PRIORITIES, PRIORITY, viewer, only=("title",))
    rows = PRIORITIES.rows(viewer).filter(pk__in=priorities).annotate(**columns)
    return dict(rows.values_list("pk", *columns)) if columns else {}


def _owners(viewer: Viewer, found: list[dict[str, Any]]) -> dict[int, Owner]:
    """Who promised; paper goes from hand to hand, so that having been there opens no name that the directory hides."""
    asked = ("owner_kind", "organisation_id", "actor_id")
    return owners_of(
        viewer, [{"id": one["id"], "audience": "", **{name: one[f"shown_{name}"] for name in asked}} for one in found]
    )


def _line(one: dict[str, Any], owner: Owner, carried: dict[int, str]) -> tuple[Any, ...]:
    due = one["shown_due_on"]
    return (
        one["shown_what"] or NOT_SAID,
        owner.name,
        exact(due) if due else NOT_SAID,
        CommitmentState(one["shown_state"]).label,
        *([carried.get(one["shown_priority_id"], NOT_SAID)] if carried else []),
    )


def ranking_of(viewer: Viewer, process: Process) -> Section | None:
    """The ranking of the newest closed round, with who does not agree, for whoever may read that round."""
    closed = ROUNDS.rows(viewer).filter(process=process, state=RatingState.CLOSED)
    rating = closed.order_by("-closed_at", "-pk").first()
    audience = ROUNDS.audience(viewer, rating) if rating is not None else None
    if rating is None or audience is None:
        return None
    ranks = ranking(rating, audience)
    contested = any(one.dissents for one in ranks)
    return Section(
        title=_("Ranking: %(title)s") % {"title": ROUND.show(rating, audience)["title"]},
        headings=(
            pgettext("ranking", "Place"), _("Priority"), _("Theme"), _("Mean of 5"),
            *([_("Who does not agree")] if contested else []),
        ),
        rows=[_rank(one, contested) for one in ranks],
        note=RatingMethod(rating.method).label,
        tlp=process.tlp,
    )  # fmt: skip


def _rank(one: ShownRank, contested: bool) -> tuple[Any, ...]:
    said = [" – ".join(filter(None, (str(each["who"]), each["words"]))) for each in one.dissents]
    place, theme = one.place or NOT_SAID, one.fields["theme"] or NOT_SAID
    return (place, one.fields["title"], theme, one.score, *([" / ".join(said) or NOT_SAID] if contested else []))


def priority_lines(viewer: Viewer, row: Session | Process) -> list[str]:
    """The priorities of the process, to be rated on paper."""
    process = row if isinstance(row, Process) else row.process
    columns = columns_for(PRIORITIES, PRIORITY, viewer, only=("title",))
    if process is None or not columns:
        return []
    live = PRIORITIES.rows(viewer).filter(process=process, merged_into=None, withdrawn_at=None)
    rows = live.annotate(**columns).order_by("position", "pk").values(*columns)[:MOST]
    return [row["shown_title"] for row in rows if row["shown_title"]]
