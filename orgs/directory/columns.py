"""Facts of an entry that are said otherwise than its row holds them, each in Python and in SQL."""

from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, Expression, F, Func, IntegerField, OuterRef
from django.utils import timezone

from orgs.directory.freshness import HALF_LIFE, score
from orgs.disclosure import Coarsening
from orgs.models import Area, OrganisationName


class IsOneOf(Func):
    """``value = ANY(array)``."""

    output_field = BooleanField()
    conditional = True
    template = "%(expressions)s)"
    arg_joiner = " = ANY("


class Freshness(Func):
    """``orgs.directory.freshness.score`` of a moment, by the database's own clock."""

    output_field = IntegerField()
    template = (
        "CASE WHEN %(expressions)s IS NULL THEN 0 ELSE"
        " round(100 * power(2.0, -greatest(extract(epoch FROM statement_timestamp() - %(expressions)s), 0)"
        f" / {HALF_LIFE.total_seconds():.0f}))::int END"
    )


def _pcodes(ids: list[int]) -> list[str]:
    rows = Area.objects.filter(pk__in=ids, edition__is_current=True)
    return list(rows.order_by("pcode").values_list("pcode", flat=True))


def _pcodes_sql(path: str) -> Any:
    rows = Area.objects.filter(IsOneOf(F("pk"), OuterRef(path)), edition__is_current=True)
    return ArraySubquery(rows.order_by("pcode").values("pcode"))


def _other_names(pk: int) -> list[str]:
    return list(OrganisationName.objects.filter(organisation=pk).order_by("name").values_list("name", flat=True))


def _other_names_sql(path: str) -> Any:
    return ArraySubquery(OrganisationName.objects.filter(organisation=OuterRef(path)).order_by("name").values("name"))


def _freshness(confirmed_at: datetime | None) -> int:
    return score(confirmed_at, timezone.now())


def _freshness_sql(path: str) -> Expression:
    return Freshness(F(path))


PCODES = Coarsening(_pcodes, _pcodes_sql)
"""Numbers of areas as P-codes of today's division."""
OTHER_NAMES = Coarsening(_other_names, _other_names_sql)
"""The other names of an organisation, by its number."""
FRESHNESS = Coarsening(_freshness, _freshness_sql)
"""A date as a score."""
