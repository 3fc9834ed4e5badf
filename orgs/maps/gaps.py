"""Where coverage has gaps, cercle by cercle: who is missing, and which basic services of the State work.

**What covers a cercle.** An organisation that is or works in it or in a part of it, and one that works in its région
as a whole. One that works in all of the country covers no cercle here: it would hide every gap. It is counted apart.

Only what the viewer may see counts, contacts included: somebody who may not see any emergency contact reads that there
is none *that they may see*.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import Count, Q, QuerySet, TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from orgs.access import CONTACTS, ORGANISATIONS
from orgs.maps import state_services
from orgs.maps.counting import Each
from orgs.maps.narrowing import Division, Row
from orgs.maps.state_services import Said
from orgs.models import Contact, Organisation, OrganisationKind, OrganisationState, Presence, StateServiceKind
from orgs.policy import Viewer

MEDIATION = "mediation"
SERVICE = "no_"
"""With the code of a service: those cercles where somebody says that it does not work."""


class Gap(TextChoices):
    """What a cercle may lack."""

    VERIFIED = "verified", _("No verified organisation")
    WOMEN = "women", _("No women’s organisation")
    EMERGENCY = "emergency", _("No working emergency contact")
    MEDIATOR = "mediator", _("No mediator")


@dataclass(frozen=True)
class Tally:
    """How many organisations, and of which sort."""

    total: int = 0
    verified: int = 0
    women: int = 0
    emergency: int = 0
    mediator: int = 0


NONE = Tally()


@dataclass(frozen=True)
class CercleGaps:
    """One cercle: who covers it, what is missing, what is said of the State's services."""

    area: Row
    region: Row | None
    here: Tally = NONE
    """Organisations that are or work in the cercle or a part of it."""
    around: Tally = NONE
    """Organisations that work in the région as a whole."""
    said: tuple[Said, ...] = field(default=())

    @cached_property
    def missing(self) -> tuple[Gap, ...]:
        """What neither those here nor those of the whole région fill."""
        return tuple(gap for gap in Gap if not getattr(self.here, gap) and not getattr(self.around, gap))

    @property
    def missing_words(self) -> list[str | Promise]:
        """The gaps in words."""
        return [gap.label for gap in self.missing]

    @cached_property
    def services(self) -> Mapping[str, int]:
        """How many kinds of services work, work partly, do not; a disputed one counts as what each source says."""
        kinds: dict[str, set[str]] = {}
        for one in self.said:
            kinds.setdefault(one.presence, set()).add(one.kind)
        return {str(presence): len(kinds.get(presence, ())) for presence in Presence}

    def has(self, gap: str) -> bool:
        """Whether this gap, or a service that does not work, is one of this cercle's."""
        if gap.startswith(SERVICE):
            kind = gap.removeprefix(SERVICE)
            return any(one.kind == kind and one.presence == Presence.ABSENT for one in self.said)
        return gap in self.missing


def choices() -> list[tuple[str, Any]]:
    """What the table and the map may be narrowed to."""
    services = [(f"{SERVICE}{kind.value}", kind.label) for kind in StateServiceKind if kind != StateServiceKind.OTHER]
    return [*Gap.choices, (str(_("Service that does not work")), services)]


def known(gap: str) -> str:
    """A gap that an address names, or nothing."""
    codes = {*Gap.values, *(f"{SERVICE}{kind}" for kind in StateServiceKind.values)}
    return gap if gap in codes else ""


def words_of(gap: str) -> str:
    """A gap in words."""
    if gap.startswith(SERVICE):
        return f"{StateServiceKind(gap.removeprefix(SERVICE)).label} : {Presence.ABSENT.label}"
    return str(Gap(gap).label)


@dataclass(frozen=True)
class Coverage:
    """All cercles, and who works in the whole country."""

    cercles: tuple[CercleGaps, ...]
    nationwide: Tally


def coverage(viewer: Viewer, areas: Division) -> Coverage:
    """Every cercle with its gaps, in four statements whatever there is."""
    rows = ORGANISATIONS.rows(viewer).exclude(state=OrganisationState.RETIRED).order_by()
    here = _tallies(rows, "reach", viewer)
    whole = [row.pk for row in areas.regions] + [areas.country.pk if areas.country else 0]
    around = _tallies(rows.filter(covers__overlap=whole), "covers", viewer)
    said = _said_by_cercle(viewer, areas)
    cercles = tuple(
        CercleGaps(
            row,
            areas.by_id.get(row.region_id or 0),
            here.get(row.pk, NONE),
            around.get(row.region_id or 0, NONE),
            tuple(said.get(row.pk, ())),
        )
        for row in areas.cercles()
    )
    return Coverage(cercles, around.get(areas.country.pk, NONE) if areas.country else NONE)


def _tallies(rows: QuerySet[Organisation], column: str, viewer: Viewer) -> dict[int, Tally]:
    """By area of an array: how many of each sort."""
    reachable = CONTACTS.rows(viewer, Contact.objects.emergency().working()).order_by().values("organisation")
    counted = (
        rows.annotate(found_in=Each(column))
        .values_list("found_in")
        .annotate(
            total=Count("pk"),
            verified=Count("pk", filter=Q(state=OrganisationState.VERIFIED)),
            women=Count("pk", filter=Q(kind=OrganisationKind.WOMEN)),
            emergency=Count("pk", filter=Q(pk__in=reachable)),
            mediator=Count("pk", filter=Q(kind=OrganisationKind.MEDIATOR) | Q(capacities__contains=[MEDIATION])),
        )
    )
    return {pk: Tally(*numbers) for pk, *numbers in counted}


def _said_by_cercle(viewer: Viewer, areas: Division) -> dict[int, list[Said]]:
    """What is said of a cercle, of a part of it, and of its région as a whole."""
    found: dict[int, list[Said]] = {}
    rows = state_services.rows_of(state_services.latest(viewer), viewer).order_by("kind", "-as_of", "-id")
    for one in state_services.said(rows, viewer):
        if one.cercle_id:
            found.setdefault(one.cercle_id, []).append(one)
        elif one.region_id:
            for row in areas.cercles(one.region_id):
                found.setdefault(row.pk, []).append(one)
    return found


# --- Narrowing and order -----------------------------------------------------------------------------------------

ORDERS = ("gaps", "name", "region", "here")


def narrowed(cercles: Iterable[CercleGaps], region: Row | None, gap: str) -> list[CercleGaps]:
    """Those of a région, with a gap."""
    return [
        one
        for one in cercles
        if (region is None or one.area.region_id == region.pk) and (not gap or one.has(gap))
    ]  # fmt: skip


def ordered(cercles: Sequence[CercleGaps], order: str) -> list[CercleGaps]:
    """By name, région, number of organisations, or with the most gaps first."""
    keys: dict[str, Any] = {
        "name": lambda one: 0,
        "region": lambda one: one.region.name if one.region else "",
        "here": lambda one: one.here.total,
        "gaps": lambda one: -len(one.missing),
    }
    # They come by name, and sorting keeps that order among equals.
    return sorted(cercles, key=keys.get(order, keys["gaps"]))
