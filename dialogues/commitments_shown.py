"""What people find of commitments: the list, what is overdue, what waits, an area's line of time, a session's page."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, F, Min, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from dialogues import area_line
from dialogues.access import COMMITMENTS, DECIDERS, may_promise_in, seen_one_by_one
from dialogues.disclosed_commitments import COMMITMENT
from dialogues.models import (
    OPEN_STATES,
    Commitment,
    CommitmentPerson,
    CommitmentState,
    OwnerKind,
    Process,
    Session,
    SessionState,
)
from incidents.desk import SHAPES
from orgs.access import ACTORS, ORGANISATIONS
from orgs.models import Area, Organisation, OrganisationState, Role
from orgs.paging import Page, keyset
from orgs.policy import Viewer
from orgs.providers import Waits
from orgs.sections import Section

ORDER = (("order_on", "asc"), ("id", "asc"))
PAGE = 30
SOON = timedelta(days=30)
MOST_COUNTED = 50
MOST_ON_A_PAGE = 60
NEAR = (*DECIDERS, "owner", "room")
"""Those who were there, or follow it: they know which organisation promised, whatever the directory shows of it."""

_TONES: dict[str, str] = {
    CommitmentState.PROMISED: "new",
    CommitmentState.BEGUN: "doing",
    CommitmentState.KEPT: "done",
    CommitmentState.BROKEN: "stopped",
    CommitmentState.OVERTAKEN: "stopped",
}
_GROUPS: dict[str, Any] = {
    "late": pgettext_lazy("commitments", "Overdue"),
    "soon": gettext_lazy("Due in the next 30 days"),
    "later": gettext_lazy("Due later"),
    "undated": gettext_lazy("Without a day"),
    "ended": pgettext_lazy("commitments", "Ended"),
}


@dataclass(frozen=True)
class Owner:
    """Who has to keep a commitment, as a viewer may read it: by name, else what kind of owner it is."""

    name: str
    is_gone: bool = False
    is_named: bool = True
    """Whether ``name`` is a name; not where the viewer may not see that organisation or that actor."""


@dataclass(frozen=True)
class Owed:
    """How much of one owner, or in one area, is overdue, and since when the oldest."""

    label: str
    query: str
    """What narrows the list to it; empty where nothing may."""
    count: int
    oldest: date


# --- Rows --------------------------------------------------------------------------------------------------------


def page_of(viewer: Viewer, rows: QuerySet[Commitment], after: str | None, size: int = PAGE) -> Page[dict[str, Any]]:
    """A page of ``rows``, which the viewer may see, the most overdue first, as they may read them.

    Which ones first, then what stands in them: who sees a row as whom costs more than the row. Raises ``BadToken``.
    """
    found: Page[Any] = keyset(rows.values("id", "order_on"), order=ORDER, after=after, size=size)
    return Page(_told(viewer, [row["id"] for row in found.rows]), found.next, found.previous)


def listed(viewer: Viewer, rows: QuerySet[Commitment], most: int) -> list[dict[str, Any]]:
    """The first of these commitments that this viewer may see, as they may read them."""
    seen = COMMITMENTS.rows(viewer, rows).order_by("order_on", "id")
    return _told(viewer, list(seen.values_list("pk", flat=True)[:most]))


def one(viewer: Viewer, commitment: Commitment) -> dict[str, Any]:
    """One commitment, which this viewer may see, as they may read it."""
    return _told(viewer, [commitment.pk])[0]


def _told(viewer: Viewer, keys: Sequence[int]) -> list[dict[str, Any]]:
    """Those of these commitments that the viewer sees, as they may read them, the most overdue first."""
    rows = Commitment.objects.filter(pk__in=keys).select_related("region", "cercle", "commune").defer(*SHAPES)
    found = [
        {"id": row.pk, "order_on": row.order_on, "audience": audience, **COMMITMENT.show(row, audience)}
        for row, audience in seen_one_by_one(viewer, rows.order_by("order_on", "id"))
    ]
    return in_words(viewer, found)


def in_words(viewer: Viewer, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows of a list with what pages say of them; two queries at most for all names."""
    today = timezone.localdate()
    shown = [{name.removeprefix("shown_"): value for name, value in row.items()} for row in rows]
    owners = owners_of(viewer, shown)
    for row in shown:
        row["code"] = f"E-{row['id']}"
        row["owner"], row["owner_gone"] = owners[row["id"]].name, owners[row["id"]].is_gone
        row["state_label"], row["tone"] = CommitmentState(row["state"]).label, _TONES[row["state"]]
        row["group"] = _group(row, today)
        # The session has been put on a later day since: that day is the promise's too.
        row["due_before_promised"] = bool(row["due_on"] and row["promised_on"] and row["due_on"] < row["promised_on"])
        row["days_late"] = (today - row["due_on"]).days if row["group"] == "late" else 0
        row["url"] = reverse("commitment", args=[row["uid"]])
    return shown


def tone_of(state: str) -> str:
    """The shape in which a state is shown."""
    return _TONES[state]


def grouped(rows: Iterable[dict[str, Any]]) -> list[tuple[Any, list[dict[str, Any]]]]:
    """Rows under headings that say how urgent they are, in this order."""
    found: dict[str, list[dict[str, Any]]] = {key: [] for key in _GROUPS}
    for row in rows:
        found[row["group"]].append(row)
    return [(_GROUPS[key], each) for key, each in found.items() if each]


def _group(row: Mapping[str, Any], today: date) -> str:
    if row["state"] not in OPEN_STATES:
        return "ended"
    if row["due_on"] is None:
        return "undated"
    if row["due_on"] < today:
        return "late"
    return "soon" if row["due_on"] <= today + SOON else "later"


# --- Who promised ------------------------------------------------------------------------------------------------


def owners_of(viewer: Viewer, rows: Sequence[Mapping[str, Any]]) -> dict[int, Owner]:
    """By row, who has to keep it; an organisation or an actor that the viewer may not see is not named.

    Every page, file and paper asks here. Two queries for any number of rows.
    """
    ids = {row["organisation_id"] for row in rows if row["organisation_id"] is not None}
    near = {row["organisation_id"] for row in rows if row["audience"] in NEAR}
    seen = ORGANISATIONS.condition(viewer) | Q(pk__in=[pk for pk in near if pk is not None])
    bodies, actors = _organisations(ids, seen), _actors(viewer, rows)
    return {row["id"]: _owner(row, bodies, actors) for row in rows}


def _organisations(ids: Iterable[int], seen: Q) -> dict[int, Owner]:
    wanted = sorted(ids)
    if not wanted:
        return {}
    rows = Organisation.objects.filter(seen, pk__in=wanted).values_list("pk", "name", "state", "merged_into")
    return {
        pk: Owner(name, is_gone=state == OrganisationState.RETIRED or merged is not None)
        for pk, name, state, merged in rows
    }


def _actors(viewer: Viewer, rows: Sequence[Mapping[str, Any]]) -> dict[int, Owner]:
    """Without those that the viewer does not see: nobody without an account reads the map of actors.

    Nor does having been in the room open it: a service reads of itself, and of no other actor.
    """
    wanted = sorted({row["actor_id"] for row in rows if row["actor_id"] is not None})
    if not wanted:
        return {}
    return {pk: Owner(name) for pk, name in ACTORS.rows(viewer).filter(pk__in=wanted).values_list("pk", "name")}


def _owner(row: Mapping[str, Any], bodies: Mapping[int, Owner], actors: Mapping[int, Owner]) -> Owner:
    if row["owner_kind"] == OwnerKind.PERSON:
        return Owner(_("A person"))
    if row["owner_kind"] == OwnerKind.ACTOR:
        return actors.get(row["actor_id"]) or Owner(_("An actor that is not shown"), is_named=False)
    return bodies.get(row["organisation_id"]) or Owner(_("An organisation that is not shown"), is_named=False)


# --- What is overdue ---------------------------------------------------------------------------------------------


def overdue_by_owner(viewer: Viewer, rows: QuerySet[Commitment]) -> list[Owed]:
    """Who owes how much of what is overdue among these rows, the most first; one query and the names.

    Owners that the viewer may not see are one line a kind: not how many there are, nor which of them owes what.
    """
    found = list(
        _late(rows)
        .values("owner_kind", "organisation_id", "actor_id")
        .annotate(count=Count("pk"), oldest=Min("order_on"), id=Min("pk"))
        .order_by("-count", "oldest")[:MOST_COUNTED]
    )
    owners = owners_of(viewer, [{**row, "audience": ""} for row in found])
    owed: dict[str, Owed] = {}
    for row in found:
        owner = owners[row["id"]]
        query = f"owner={owner_code(row)}" if owner.is_named else ""
        key = query or owner.name
        one = owed.get(key, Owed(owner.name, query, 0, row["oldest"]))
        owed[key] = replace(one, count=one.count + row["count"], oldest=min(one.oldest, row["oldest"]))
    return sorted(owed.values(), key=lambda one: (-one.count, one.oldest))


def overdue_by_area(rows: QuerySet[Commitment]) -> list[Owed]:
    """In which cercle, else region, how much is overdue, the most first."""
    found = (
        _late(rows)
        .values("region_id", "cercle_id", region_name=F("region__name"), cercle_name=F("cercle__name"))
        .annotate(count=Count("pk"), oldest=Min("order_on"))
        .order_by("-count", "oldest")[:MOST_COUNTED]
    )
    return [
        Owed(
            row["cercle_name"] or row["region_name"] or _("The whole country, or abroad"),
            f"area={row['cercle_id'] or row['region_id']}" if row["region_id"] else "",
            row["count"],
            row["oldest"],
        )
        for row in found
    ]


def owner_code(row: Mapping[str, Any]) -> str:
    """An owner as the filter of the list names it."""
    if row["owner_kind"] == OwnerKind.PERSON:
        return "person"
    return f"o{row['organisation_id']}" if row["organisation_id"] is not None else f"a{row['actor_id']}"


def _late(rows: QuerySet[Commitment]) -> QuerySet[Commitment]:
    return rows.filter(state__in=OPEN_STATES, order_on__lt=timezone.localdate()).order_by()


# --- Elsewhere ---------------------------------------------------------------------------------------------------


def commitments_waiting(viewer: Viewer) -> list[Waits]:
    """What the viewer's own organisation promised and is late with."""
    if not viewer.organisation_ids:
        return []
    rows = _late(COMMITMENTS.rows_as(viewer, "owner"))
    task = "dialogues" if Role.FACILITATOR in viewer.roles else "alerts"
    return [Waits(task, rows, _waiting_words, f"{reverse('commitments')}?mine=on")]


def _waiting_words(count: int) -> str:
    return ngettext("commitment of your organisation is overdue", "commitments of your organisation are overdue", count)


def promised_in(viewer: Viewer, area: Area) -> QuerySet[Commitment]:
    """What was promised in an area, for its line of time in dialogues."""
    found: QuerySet[Commitment] = area_line.inside(COMMITMENTS, COMMITMENT, viewer, COMMITMENTS.rows(viewer), area)
    return found


def entries_of_line(viewer: Viewer, rows: QuerySet[Commitment]) -> list[area_line.Entry]:
    """Promises as entries of that line."""
    return [
        area_line.Entry(
            row["promised_on"], 3, row["id"], _("Commitment"), row["what"] or row["code"], row["state_label"],
            row["url"], row["tone"],
        )
        for row in _told(viewer, list(rows.values_list("pk", flat=True)))
    ]  # fmt: skip


def section(viewer: Viewer, session: Session) -> Section | None:
    """On the page of a session: what was promised in it, and the way to write down more."""
    return _section(viewer, session, "session-commitment-new")


def process_section(viewer: Viewer, process: Process) -> Section | None:
    """On the page of a process: what was promised in it and in its sessions."""
    return _section(viewer, process, "process-commitment-new")


def made_in(viewer: Viewer, place: Session | Process) -> list[dict[str, Any]]:
    """What was promised in a session, or in a process and its sessions, as this viewer may read it."""
    given = {"session": place} if isinstance(place, Session) else {"process": place}
    return listed(viewer, Commitment.objects.filter(**given), MOST_ON_A_PAGE)


def is_named(commitment: Commitment) -> bool:
    """Whether the name of a person who promised is still kept."""
    return CommitmentPerson.objects.filter(commitment=commitment).exists()


def _section(viewer: Viewer, place: Session | Process, address: str) -> Section | None:
    is_held = not isinstance(place, Session) or place.state == SessionState.HELD
    found, may_add = made_in(viewer, place), is_held and may_promise_in(viewer, place)
    if not found and not may_add:
        return None
    data = {"commitments": found, "new": reverse(address, args=[place.uid]) if may_add else ""}
    return Section("commitments", _("Commitments"), "dialogues/commitments/section.html", data, position=40)
