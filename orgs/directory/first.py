"""Who can be here first: the organisations that cover a place, by coverage, then distance, then what they can do.

One statement. Nothing is said of where a security service is: it has no seat, so it has no distance.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    Case,
    CharField,
    Count,
    Expression,
    F,
    FloatField,
    Func,
    IntegerField,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.access import ORGANISATIONS
from orgs.directory.contacts import ShownContact, contacts_of
from orgs.directory.listing import Listed, listed, rows_of
from orgs.directory.places import Spot
from orgs.directory.words import Terms
from orgs.models import Level, Organisation, OrganisationKind, OrganisationState, Vocabulary
from orgs.policy import Viewer

MOST = 60
KM_A_DEGREE = 111.2
ROUND_TO, FAR = 5, 50
FARTHER = 10
HERE, INSIDE, CERCLE, REGION, NATION, BESIDE = range(6)
COVERAGE: Mapping[int, Any] = {
    HERE: gettext_lazy("works here"),
    INSIDE: gettext_lazy("is here, or works in a part of it"),
    CERCLE: gettext_lazy("works in the whole cercle"),
    REGION: gettext_lazy("works in the whole region"),
    NATION: gettext_lazy("works in the whole country"),
    BESIDE: gettext_lazy("is beside it, in the same cercle"),
}
EVERYWHERE = ("fr", "en", "ar", "sign")
"""Languages that say nothing of a place."""
_MAIN = 2


class _Shared(Func):
    """How many codes two arrays have in common."""

    output_field = IntegerField()
    template = "cardinality(ARRAY(SELECT unnest(%(expressions)s)))"
    arg_joiner = ") INTERSECT SELECT unnest("


@dataclass(frozen=True)
class First:
    """An organisation that could be there, with how far it is and whom to call."""

    row: Listed
    coverage: str
    distance: str
    contacts: list[ShownContact]


def covering(spot: Spot) -> Q:
    """The organisations that cover a place: it, what is around it, or a part of it."""
    around = [pk for pk in (spot.area_id, spot.commune_id, spot.cercle_id, spot.region_id, spot.country_id) if pk]
    near = spot.cercle_id if spot.level == Level.COMMUNE and spot.cercle_id else spot.area_id
    return Q(covers__overlap=around) | Q(reach__contains=[near])


def coverage_of(spot: Spot) -> Case:
    """SQL: how closely an organisation covers a place, the closest being the least."""
    whens = [When(covers__contains=[spot.area_id], then=Value(HERE))]
    if spot.level != Level.COUNTRY:
        whens.append(When(reach__contains=[spot.area_id], then=Value(INSIDE)))
    for pk, rank in ((spot.cercle_id, CERCLE), (spot.region_id, REGION), (spot.country_id, NATION)):
        if pk and pk != spot.area_id:
            whens.append(When(covers__contains=[pk], then=Value(rank)))
    return Case(*whens, default=Value(BESIDE), output_field=IntegerField())


def distance_to(spot: Spot) -> Expression:
    """SQL: kilometres as the crow flies from a place to an organisation's seat; null where either is not known."""
    if spot.lat is None or spot.lon is None:
        return Value(None, output_field=FloatField())
    lat = Coalesce("seat_place__lat", "commune__centre_lat", "cercle__centre_lat", output_field=FloatField())
    lon = Coalesce("seat_place__lon", "commune__centre_lon", "cercle__centre_lon", output_field=FloatField())
    shrink = math.cos(math.radians(spot.lat))
    north, east = (lat - Value(spot.lat)) * KM_A_DEGREE, (lon - Value(spot.lon)) * (KM_A_DEGREE * shrink)
    far = Func(north * north + east * east, function="sqrt", output_field=FloatField())
    return Case(When(kind=OrganisationKind.SECURITY, then=Value(None, output_field=FloatField())), default=far)


_STANDING = Case(
    When(state=OrganisationState.VERIFIED, then=Value(0)),
    When(state=OrganisationState.STALE, then=Value(1)),
    default=Value(2),
    output_field=IntegerField(),
)
"""SQL: what was verified before what was not."""


def who_can_be_first(
    viewer: Viewer,
    spot: Spot,
    rows: QuerySet[Organisation],
    *,
    terms: Terms,
    spoken: Sequence[str],
    capacities: Sequence[str],
) -> tuple[list[First], bool]:
    """Those of ``rows`` that cover the place, the best first, and whether there are more than are shown.

    Closest coverage first; among equals what was verified; then the nearest; then who speaks most of these languages
    and has most of these capacities; then what was confirmed last. Four queries.
    """
    candidates = rows.filter(covering(spot)).exclude(state=OrganisationState.RETIRED)
    shown = (
        rows_of(candidates, viewer)
        .annotate(
            coverage=coverage_of(spot),
            standing=_STANDING,
            distance=distance_to(spot),
            languages=_shared("spoken", spoken),
            abilities=_shared("capacities", capacities),
        )
        .order_by(
            "coverage",
            "standing",
            F("distance").asc(nulls_last=True),
            "-languages",
            "-abilities",
            F("confirmed_at").desc(nulls_last=True),
            "name_key",
            "id",
        )[: MOST + 1]
    )
    found = list(shown)
    best = found[:MOST]
    languages = dict(terms.labels.get(Vocabulary.SPOKEN, {}))
    calls = contacts_of(viewer, [row["id"] for row in best], emergency=True, spoken=languages)
    firsts = [
        First(
            row=row,
            coverage=str(COVERAGE[given["coverage"]]),
            distance=distance_words(given["distance"]),
            contacts=calls.get(row.pk, []),
        )
        for given, row in zip(best, listed(best, terms), strict=True)
    ]
    return firsts, len(found) > MOST


def _shared(column: str, codes: Sequence[str]) -> Expression:
    if not codes:
        return Value(0, output_field=IntegerField())
    return _Shared(F(column), Value(list(codes), output_field=ArrayField(CharField(max_length=30))))


def distance_words(km: float | None) -> str:
    """A distance as people say it, rounded: roads are longer, and seats are known to their commune at best."""
    if km is None:
        return "–"
    if km < ROUND_TO:
        return _("less than %(km)d km") % {"km": ROUND_TO}
    step = ROUND_TO if km < FAR else FARTHER
    return _("about %(km)d km") % {"km": round(km / step) * step}


def main_languages(viewer: Viewer, spot: Spot) -> list[str]:
    """The languages of a place: those that the organisations found there speak more than others do; one query.

    A language counts by how many speak it there, and the less the more it is spoken everywhere else: otherwise the
    language of the capital would be every place's.
    """
    seen = ORGANISATIONS.rows(viewer).exclude(state=OrganisationState.RETIRED)
    near = spot.cercle_id or spot.region_id or spot.area_id
    counts = (
        seen.order_by()
        .values(language=Func(F("spoken"), function="unnest", output_field=CharField()))
        .annotate(everywhere=Count("pk"), there=Count("pk", filter=Q(reach__contains=[near])))
        .values_list("language", "there", "everywhere")
    )
    weights = {
        language: there * there / everywhere
        for language, there, everywhere in counts
        if there and language not in EVERYWHERE
    }
    return sorted(weights, key=lambda language: (-weights[language], language))[:_MAIN]
