"""Giving rows the areas of the edition in force, after another one was put in force. See docs/areas.md.

Rows keep what their place is known by (a town or village, or the areas of the edition in which it was said); their
columns are worked out from it anew, batch by batch, each batch one transaction: an interrupted run goes on where it
stopped, because what is done is no longer behind. Higher rooms register their rows in ``AppConfig.ready``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs import audit
from orgs.areas.resolve import Precision, resolver
from orgs.models import Edition, Membership, Place, Programme, Training
from orgs.services import areas, directory_index

BATCH = 2000
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Rows:
    """A table whose rows carry ``region``, ``cercle`` and ``commune``; ``has_place``: also a town and how exactly."""

    model: type[Model]
    words: str | Promise
    has_place: bool = False


@dataclass(frozen=True)
class Links:
    """A table in which an area says what somebody may see or is sent: ``owner`` and ``area_id``.

    It follows to today's area only where that has the same level and name. Anything else would widen what a person
    reaches without anybody having decided it.
    """

    model: type[Model]
    words: str | Promise
    owner: str
    is_set: bool = True
    """Whether an owner has an area at most once."""
    only: str = ""
    """A further condition on ``link``, in SQL."""


@dataclass
class Outcome:
    """What became of the rows of one table."""

    words: str
    behind: int = 0
    """Rows that carry areas of another edition."""
    changed: int = 0
    coarser: int = 0
    """Of those changed: rows whose commune or cercle of today is not known any more."""
    left: int = 0
    """Rows for which no area of today is known, or that somebody has to decide."""


@dataclass
class Registry:
    """What there is to resolve again, the foundation's own rows first."""

    rows: list[Rows] = field(default_factory=list)
    links: list[Links] = field(default_factory=list)

    def register(self, *given: Rows | Links) -> None:
        """Add tables, each once."""
        for one in given:
            known: list[Any] = self.rows if isinstance(one, Rows) else self.links
            if one not in known:
                known.append(one)


registry = Registry()
registry.register(
    Rows(Training, gettext_lazy("trainings")),
    Rows(Programme, gettext_lazy("programmes")),
    Links(Membership.areas.through, gettext_lazy("areas of people’s posts"), owner="membership_id"),
)


def resolve_again(*, dry_run: bool = False, progress: Progress | None = None) -> list[Outcome]:
    """Resolve every row that is behind; with ``dry_run`` only say what would change. No edition in force: nothing."""
    current = Edition.objects.current()
    if current is None:
        return []
    show = progress or (lambda what, done, total: None)
    outcomes = [_rows(kind, current, dry_run=dry_run, show=show) for kind in registry.rows]
    outcomes += [_links(kind, current, dry_run=dry_run) for kind in registry.links]
    if not dry_run:
        directory_index.refresh()
    return outcomes


# --- Rows with the three columns ---------------------------------------------------------------------------------

_BEHIND = """
  FROM {table} AS line
  JOIN orgs_area AS was ON was.id = COALESCE(line.commune_id, line.cercle_id, line.region_id)
 WHERE was.edition_id <> %(current)s AND line.id > %(after)s
"""

# The columns of before are asked for again when it is written: somebody may have placed the row meanwhile.
_TURNED = """
WITH placed AS (
    SELECT * FROM unnest(%(places)s::bigint[], %(regions)s::bigint[], %(cercles)s::bigint[], %(communes)s::bigint[])
               AS placed (id, region_id, cercle_id, commune_id)
), turned AS (
    SELECT line.id, line.region_id AS was_region, line.cercle_id AS was_cercle, line.commune_id AS was_commune,
           CASE WHEN placed.id IS NULL THEN today.region_id ELSE placed.region_id END AS region_id,
           CASE WHEN placed.id IS NULL THEN today.cercle_id ELSE placed.cercle_id END AS cercle_id,
           CASE WHEN placed.id IS NULL THEN today.commune_id ELSE placed.commune_id END AS commune_id
      FROM {table} AS line
      LEFT JOIN orgs_area commune ON commune.id = line.commune_id
      LEFT JOIN orgs_area cercle ON cercle.id = line.cercle_id
      LEFT JOIN orgs_area region ON region.id = line.region_id
      LEFT JOIN orgs_area today
             ON today.id = COALESCE(commune.successor_id, cercle.successor_id, region.successor_id)
      LEFT JOIN placed ON placed.id = {place}
     WHERE line.id = ANY(%(ids)s)
       AND COALESCE(commune.edition_id, cercle.edition_id, region.edition_id) <> %(current)s
)
"""
_COUNT = """
SELECT count(*), count(*) FILTER (WHERE {coarser}) FROM turned WHERE turned.region_id IS NOT NULL
"""
_WRITE = """
, written AS (
    UPDATE {table} AS line
       SET region_id = turned.region_id, cercle_id = turned.cercle_id, commune_id = turned.commune_id {more}
      FROM turned
     WHERE line.id = turned.id AND turned.region_id IS NOT NULL
       AND (line.region_id, line.cercle_id, line.commune_id)
           IS NOT DISTINCT FROM (turned.was_region, turned.was_cercle, turned.was_commune)
 RETURNING {coarser} AS is_coarser
) SELECT count(*), count(*) FILTER (WHERE is_coarser) FROM written
"""
_COARSER = (
    "(turned.was_cercle IS NOT NULL AND turned.cercle_id IS NULL"
    " OR turned.was_commune IS NOT NULL AND turned.commune_id IS NULL)"
)
# A point or a town is still known as exactly as before; an area is not where today's is larger.
_PRECISION = """
, place_precision = CASE
    WHEN line.place_precision NOT IN ('commune', 'cercle') THEN line.place_precision
    WHEN turned.cercle_id IS NULL THEN 'region'
    WHEN turned.commune_id IS NULL THEN 'cercle'
    ELSE line.place_precision END
"""


def _rows(kind: Rows, current: Edition, *, dry_run: bool, show: Progress) -> Outcome:
    outcome = Outcome(str(kind.words))
    table = connection.ops.quote_name(kind.model._meta.db_table)
    place = "line.place_id" if kind.has_place else "NULL::bigint"
    behind = _BEHIND.format(table=table)
    turned = _TURNED.format(table=table, place=place)
    write = _WRITE.format(table=table, more=_more(kind), coarser=_COARSER)
    asked: dict[str, Any] = {"current": current.pk, "after": 0}
    [(outcome.behind,)] = _ask(f"SELECT count(*) {behind}", asked)
    known: dict[int, tuple[int | None, ...]] = {}
    find = resolver(current)
    done = 0
    show(outcome.words, done, outcome.behind)
    try:
        while found := _ask(f"SELECT line.id, {place} {behind} ORDER BY line.id LIMIT {BATCH}", asked):
            known |= _places_today({one for _, one in found if one is not None} - set(known), current, find)
            given = {**asked, "ids": [pk for pk, _ in found], **_columns(known, {one for _, one in found})}
            with transaction.atomic():
                if not dry_run:
                    areas.take_turn()
                [(changed, coarser)] = _ask(turned + (_COUNT.format(coarser=_COARSER) if dry_run else write), given)
            outcome.changed += changed
            outcome.coarser += coarser
            asked["after"] = found[-1][0]
            done += len(found)
            show(outcome.words, min(done, outcome.behind), outcome.behind)
    finally:
        outcome.left = max(0, outcome.behind - outcome.changed)
        if outcome.changed and not dry_run:
            _note(kind.model, current, outcome)
    return outcome


def _more(kind: Rows) -> str:
    """Besides the columns: how exactly the place is known, and that the row changed, for those who mirror it."""
    stamped = any(one.name == "updated_at" for one in kind.model._meta.concrete_fields)
    return (_PRECISION if kind.has_place else "") + (", updated_at = clock_timestamp()" if stamped else "")


def _places_today(
    ids: set[int], current: Edition, find: Callable[[float, float], Any]
) -> dict[int, tuple[int | None, ...]]:
    """Today's areas of towns and villages: their own, or those of the shape that they lie in."""
    found: dict[int, tuple[int | None, ...]] = {}
    if not ids:
        return found
    for place in Place.objects.filter(pk__in=ids).only("edition", "lat", "lon", "region", "cercle", "commune"):
        if place.edition_id == current.pk:
            if place.region_id is not None:
                found[place.pk] = tuple(place.ancestry_ids)
        elif place.lat is not None and place.lon is not None:
            hit = find(place.lat, place.lon)
            if hit.precision in (Precision.SHAPE, Precision.APPROXIMATE) and hit.cercle_id is not None:
                found[place.pk] = tuple(hit.columns)
    return found


def _columns(known: dict[int, tuple[int | None, ...]], ids: Iterable[int | None]) -> dict[str, list[int | None]]:
    chosen = [(pk, *known[pk]) for pk in ids if pk is not None and pk in known]
    names = ("places", "regions", "cercles", "communes")
    return {name: [row[number] for row in chosen] for number, name in enumerate(names)}


def _note(model: type[Model], current: Edition, outcome: Outcome) -> None:
    facts = {"changed": outcome.changed, "coarser": outcome.coarser, "left": outcome.left}
    audit.record(None, "areas.resolved_again", current, rows=model._meta.model_name, **facts)


# --- Areas that say who may see, or is sent, what ------------------------------------------------------------------

_FOLLOWS = """
  FROM {table} AS link
  JOIN orgs_area AS was ON was.id = link.area_id AND was.edition_id <> %(current)s AND was.level <> 'country'
  LEFT JOIN orgs_area AS today ON today.id = was.successor_id AND today.edition_id = %(current)s
       AND today.level = was.level AND today.name_key = was.name_key
 WHERE true {only}
"""

# Who has today's area already, or two areas that became one, must not get it twice.
_TWICE = """
DELETE FROM {table} USING (
    SELECT followed.id FROM (
        SELECT link.id, link.{owner} AS owner, today.id AS today_id,
               row_number() OVER (PARTITION BY link.{owner}, today.id ORDER BY link.id) AS turn
        {follows} AND today.id IS NOT NULL
    ) AS followed
    WHERE turn > 1 OR EXISTS (SELECT 1 FROM {table} AS other
                               WHERE other.{owner} = followed.owner AND other.area_id = followed.today_id)
) AS twice WHERE {table}.id = twice.id
"""

_FOLLOW = """
UPDATE {table} SET area_id = turned.area_id
  FROM (SELECT link.id, today.id AS area_id {follows} AND today.id IS NOT NULL) AS turned
 WHERE {table}.id = turned.id
"""


def _links(kind: Links, current: Edition, *, dry_run: bool) -> Outcome:
    table = connection.ops.quote_name(kind.model._meta.db_table)
    follows = _FOLLOWS.format(table=table, only=f"AND {kind.only}" if kind.only else "")
    asked = {"current": current.pk}
    with transaction.atomic():
        if not dry_run:
            areas.take_turn()
        [(behind, left)] = _ask(f"SELECT count(*), count(*) FILTER (WHERE today.id IS NULL) {follows}", asked)
        outcome = Outcome(str(kind.words), behind=behind, changed=behind - left, left=left)
        if outcome.changed and not dry_run:
            if kind.is_set:
                _ask(_TWICE.format(table=table, owner=kind.owner, follows=follows), asked)
            _ask(_FOLLOW.format(table=table, follows=follows), asked)
            _note(kind.model, current, outcome)
    return outcome


def _ask(sql: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall() if cursor.description else []


def words_of(outcome: Outcome) -> str:
    """What became of one table, in a sentence."""
    return _("%(rows)s: %(behind)d of a former edition, %(changed)d resolved again, of these %(coarser)d "
             "less exactly; %(left)d left.") % {
        "rows": outcome.words, "behind": outcome.behind, "changed": outcome.changed, "coarser": outcome.coarser,
        "left": outcome.left,
    }  # fmt: skip
