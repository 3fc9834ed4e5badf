"""What is said of basic services of the State, as each viewer may read it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from orgs.access import ORGANISATIONS, STATE_SERVICES
from orgs.disclosed import ORGANISATION, STATE_SERVICE
from orgs.listing import columns_for
from orgs.models import Presence, StateService, StateServiceKind
from orgs.models.areas import level_words
from orgs.policy import Viewer

KINDS = dict(StateServiceKind.choices)
PRESENCES = dict(Presence.choices)
TONES = {Presence.PRESENT: "done", Presence.PARTLY: "doing", Presence.ABSENT: "stopped"}
_AROUND = ("area__level", "area__name", "area__pcode", "area__region_id", "area__cercle_id", "area__commune_id")


@dataclass(frozen=True)
class Said:
    """One statement in the reader's words."""

    pk: int
    kind: str
    presence: str
    since: str
    who: str
    as_of: date
    note: str
    area: str
    level: str
    region_id: int | None
    cercle_id: int | None
    commune_id: int | None
    withdrawn: bool = False
    is_demo: bool = False
    disputed: bool = False
    """Whether another source says otherwise of the same service in the same area."""

    @property
    def kind_words(self) -> str:
        """The service by its name."""
        return str(KINDS.get(self.kind, self.kind))

    @property
    def presence_words(self) -> str:
        """Whether it works."""
        return str(PRESENCES.get(self.presence, self.presence))

    @property
    def tone(self) -> str:
        """Shape of its badge."""
        return TONES.get(Presence(self.presence), "doing")


def latest(viewer: Viewer) -> QuerySet[StateService]:
    """Of each source the last statement on each service and area, of those that this viewer may see."""
    return STATE_SERVICES.rows(
        viewer, StateService.objects.filter(pk__in=StateService.objects.last_of_each_source().values("pk"))
    )


def withdrawn(viewer: Viewer) -> QuerySet[StateService]:
    """What was taken back, for those who may let it stand again."""
    return STATE_SERVICES.rows_as(viewer, "administrator", "coordinator").filter(withdrawn_at__isnull=False)


def rows_of(statements: QuerySet[StateService], viewer: Viewer) -> QuerySet[StateService, Any]:
    """The fields of statements as this viewer may read them, and the areas around each."""
    columns = columns_for(STATE_SERVICES, STATE_SERVICE, viewer)
    rows: QuerySet[StateService, Any] = statements.values("id", "as_of", *_AROUND, **columns)
    return rows


def said(rows: Iterable[Any], viewer: Viewer) -> list[Said]:
    """Rows of ``rows_of`` in words, with the organisations that said so, in one statement more."""
    found = list(rows)
    names = _names({row["shown_said_by"] for row in found if row.get("shown_said_by")}, viewer)
    disputed = _disputed(found)
    return [_in_words(row, names, (row["shown_area"], row["shown_kind"]) in disputed) for row in found]


def _names(ids: set[int], viewer: Viewer) -> dict[int, str]:
    """The names of those organisations that this viewer may see."""
    columns = columns_for(ORGANISATIONS, ORGANISATION, viewer, only=("name", "acronym")) if ids else {}
    if not columns:
        return {}
    rows = ORGANISATIONS.rows(viewer).filter(pk__in=ids).order_by()
    return {pk: acronym or name for pk, acronym, name in rows.values_list("pk", *_by_name(columns))}


def _by_name(columns: dict[str, Any]) -> tuple[Any, Any]:
    return columns["shown_acronym"], columns["shown_name"]


def _disputed(rows: Sequence[Mapping[str, Any]]) -> set[tuple[Any, Any]]:
    words: dict[tuple[Any, Any], set[str]] = {}
    for row in rows:
        if not row.get("shown_withdrawn_at"):
            words.setdefault((row["shown_area"], row["shown_kind"]), set()).add(row["shown_presence"])
    return {key for key, presences in words.items() if len(presences) > 1}


def _in_words(row: Mapping[str, Any], names: Mapping[int, str], disputed: bool) -> Said:
    # Words that stand beside an organisation that this reader may not see could tell which one it is.
    is_open = not row["shown_said_by"] or row["shown_said_by"] in names
    return Said(
        pk=row["id"],
        kind=row["shown_kind"],
        presence=row["shown_presence"],
        since=_since(row["shown_since"], row["shown_since_is_year"]),
        who=_who(row, names),
        as_of=row["shown_as_of"],
        note=row["shown_note"] if is_open else "",
        area=level_words(row["area__level"], row["area__name"]),
        level=row["area__level"],
        region_id=row["area__region_id"],
        cercle_id=row["area__cercle_id"],
        commune_id=row["area__commune_id"],
        withdrawn=bool(row["shown_withdrawn_at"]),
        is_demo=row["shown_is_demo"],
        disputed=disputed,
    )


def _since(day: date | None, only_year: bool) -> str:
    if day is None:
        return ""
    return str(day.year) if only_year else date_format(day, "j F Y")


def _who(row: Mapping[str, Any], names: Mapping[int, str]) -> str:
    said_by = row["shown_said_by"]
    if said_by and said_by not in names:
        return _("an organisation")
    words = [names[said_by]] if said_by else []
    words += [row["shown_source"]] if row["shown_source"] else []
    return ", ".join(words) or _("seen by a coordinator")
