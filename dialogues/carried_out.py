"""What was promised about the priorities of a process, and how far it is kept."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse

from dialogues.access import PRIORITIES, may_promise_in
from dialogues.commitments_shown import listed
from dialogues.disclosed_proposals import PRIORITY
from dialogues.models import Commitment, Priority, Process, RatingRound, Session, SessionState
from dialogues.rated import ShownRank
from orgs.listing import columns_for
from orgs.policy import Viewer

MOST = 300
"""Promises that are told on one page: five about each of sixty priorities."""


@dataclass(frozen=True)
class Merged:
    """The priorities of a process that a viewer may see: which one each was merged into, which were taken back."""

    into: Mapping[int, int | None]
    gone: frozenset[int]

    def nearest(self, priority: int, wanted: Collection[int]) -> int | None:
        """The first of ``wanted`` on the way from a priority to what it was merged into."""
        step: int | None = priority
        for _step in self.into:
            if step is None or step in wanted:
                break
            step = self.into.get(step)
        return step if step in wanted else None

    def standing(self, priority: int) -> int | None:
        """The priority that stands for this one now; ``None`` where it was taken back."""
        ends = {pk for pk, into in self.into.items() if into is None and pk not in self.gone}
        return self.nearest(priority, ends)


def merged_in(viewer: Viewer, process: Process) -> Merged:
    """How the priorities of a process were merged, of those that the viewer may see; one query."""
    rows = PRIORITIES.rows(viewer).filter(process=process).values_list("pk", "merged_into", "withdrawn_at")
    found = list(rows.order_by("pk"))
    return Merged({pk: into for pk, into, _gone in found}, frozenset(pk for pk, _into, gone in found if gone))


def promises_about(viewer: Viewer, merged: Merged, priorities: Collection[int]) -> dict[int, list[dict[str, Any]]]:
    """By priority, what was promised about it, as far as the viewer may see the priority, the promise and their tie.

    What was promised about a priority that was merged since is told with the one it was merged into, unless that one
    stands among ``priorities`` itself.
    """
    wanted = set(priorities) & merged.into.keys()
    nearest = {pk: merged.nearest(pk, wanted) for pk in merged.into}
    told = [pk for pk, found in nearest.items() if found is not None]
    by_priority: dict[int, list[dict[str, Any]]] = {pk: [] for pk in priorities}
    for row in listed(viewer, Commitment.objects.filter(priority__in=told), MOST) if told else []:
        found = nearest.get(row["priority_id"])
        if found is not None:
            by_priority[found].append(row)
    return by_priority


def with_promises(viewer: Viewer, rating: RatingRound, ranking: list[ShownRank]) -> list[ShownRank]:
    """A ranking with what was promised about each priority, and where to write down more for those who may."""
    merged = merged_in(viewer, rating.process)
    of_item = dict(rating.items.values_list("pk", "priority_id"))
    told = promises_about(viewer, merged, of_item.values())
    form = form_of(viewer, rating.process, rating.session)
    return [
        replace(one, promises=told[of_item[one.fields["id"]]], form=filled(form, merged, of_item[one.fields["id"]]))
        for one in ranking
    ]


def form_of(viewer: Viewer, process: Process, session: Session | None = None) -> str:
    """The form for a promise: of the session where it was rated, else of the process; empty where neither may be."""
    if session is not None and session.state == SessionState.HELD and may_promise_in(viewer, session):
        return reverse("session-commitment-new", args=[session.uid])
    return reverse("process-commitment-new", args=[process.uid]) if may_promise_in(viewer, process) else ""


def filled(form: str, merged: Merged, priority: int) -> str:
    """The form with a priority filled in; empty where there is no form, or the priority was taken back."""
    standing = merged.standing(priority)
    return f"{form}?priority={standing}" if form and standing is not None else ""


def choices(viewer: Viewer, process: Process | None) -> dict[int, Any]:
    """The priorities that a commitment of this process can carry out, by their number; ``shown_title`` is for pages."""
    if process is None:
        return {}
    rows = PRIORITIES.rows(viewer, Priority.objects.standing()).filter(process=process)
    rows = rows.annotate(**columns_for(PRIORITIES, PRIORITY, viewer, only=("title",)))
    return {one.pk: one for one in rows.order_by("theme", "position", "pk")}


@dataclass(frozen=True)
class Carried:
    """The priority that a commitment carries out, as a viewer reads it."""

    title: str
    address: str
    """Empty where it was taken back."""


def carried_by(viewer: Viewer, commitment: Commitment, shown: Mapping[str, Any]) -> Carried | None:
    """What a commitment carries out, for whoever may read the tie and the priority; after a merger, what stands now."""
    if shown["priority_id"] is None or commitment.process is None:
        return None
    merged = merged_in(viewer, commitment.process)
    standing = merged.standing(shown["priority_id"])
    row = PRIORITIES.rows(viewer).select_related("process").filter(pk=standing or shown["priority_id"]).first()
    audience = PRIORITIES.audience(viewer, row) if row is not None else None
    if row is None or audience is None:
        return None
    return Carried(PRIORITY.show(row, audience)["title"], reverse("priority", args=[standing]) if standing else "")
