"""The list of sessions as each viewer may read it: rows by the policy, fields by the disclosure table, in SQL."""

from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from dialogues.access import PROCESSES, SESSIONS, WRITERS, edits_to_settle
from dialogues.disclosure import SESSION
from dialogues.models import Country, Group, Issue, Point, Process, Session, SessionKind, SessionState
from incidents.desk import finest_area, words_for_areas
from incidents.forms.filters import SHORTEST_TEXT, in_area
from orgs.listing import columns_for
from orgs.policy import Viewer
from orgs.presentation.forms import DayInput
from orgs.providers import Waits

NEWEST_FIRST = (("held_on", "desc"), ("id", "desc"))
_FIELDS = (
    "uid", "kind", "state", "title", "held_on", "country", "region_id", "cercle_id", "commune_id", "place_text",
    "people", "spectators", "tlp", "is_demo",
)  # fmt: skip
GROUPS = [(value, label) for value, label in Group.choices if value != Group.UNKNOWN]
_KNOWS_WHO_WAS_ABSENT = (*WRITERS, "analyst", "room", "network")


def rows_of(sessions: QuerySet[Session], viewer: Viewer) -> QuerySet[Session, Any]:
    """The rows of the list as this viewer may read them (keys ``shown_…``), and what pages are cut by."""
    return sessions.values("id", "held_on", **columns_for(SESSIONS, SESSION, viewer, only=_FIELDS))


def in_words(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of the list with the names of areas and choices."""
    areas = words_for_areas(finest_area(row) for row in rows)
    kinds, states = dict(SessionKind.choices), dict(SessionState.choices)
    return [
        {
            **{name.removeprefix("shown_"): value for name, value in row.items()},
            "kind_words": kinds[row["shown_kind"]],
            "state_words": states[row["shown_state"]],
            "where": where_words(row, areas),
        }
        for row in rows
    ]


def where_words(row: dict[str, Any], areas: dict[int | None, str], prefix: str = "shown_") -> str:
    """Place, area and country of a row."""
    number = finest_area(row, prefix)
    country = row[f"{prefix}country"]
    abroad = "" if country == Country.MALI else str(dict(Country.choices)[country])
    return ", ".join(part for part in (row[f"{prefix}place_text"], areas[number] if number else "", abroad) if part)


def holding_words(viewer: Viewer, rows: QuerySet[Session], words: str) -> QuerySet[Session]:
    """The sessions that hold these words, where this viewer may read them: titles everywhere, the rest in their own."""
    said = words.strip().replace("\x00", "")
    points = Point.objects.filter(session=OuterRef("pk"), words__icontains=said)
    issues = Issue.objects.filter(session=OuterRef("pk"), words__icontains=said)
    inside = Q(place_text__icontains=said) | Q(minutes__icontains=said) | Exists(points) | Exists(issues)
    return rows.filter(Q(title__icontains=said) | (SESSIONS.condition(viewer, WRITERS) & inside))


def where_absent(viewer: Viewer, rows: QuerySet[Session], group: str) -> QuerySet[Session]:
    """The sessions to which a group was invited in vain, where this viewer is told who was absent."""
    return rows.filter(SESSIONS.condition(viewer, _KNOWS_WHO_WAS_ABSENT), absent__contains=[group])


class SessionFilters(filters.FilterSet):
    """The list by area, kind, state, process, group that was absent, days and words."""

    area = filters.ChoiceFilter(method="narrow_to_area", label=_("Area"), empty_label=_("all"))
    kind = filters.ChoiceFilter(choices=SessionKind.choices, label=_("Kind"), empty_label=_("all"))
    state = filters.ChoiceFilter(choices=SessionState.choices, label=_("State"), empty_label=_("all"))
    process = filters.ModelChoiceFilter(
        queryset=Process.objects.none(), to_field_name="uid", label=_("Process"), empty_label=_("all")
    )
    absent = filters.ChoiceFilter(
        method="without_group",
        choices=GROUPS,
        label=_("Group that did not come"),
        empty_label=_("all"),
    )
    since = filters.DateFilter("held_on", lookup_expr="gte", label=_("From"), widget=DayInput)
    until = filters.DateFilter("held_on", lookup_expr="lte", label=_("Until"), widget=DayInput)
    text = filters.CharFilter(
        method="words", label=_("Words"), min_length=SHORTEST_TEXT, max_length=80, widget=forms.TextInput
    )

    class Meta:
        model = Session
        fields: list[str] = []

    def __init__(self, *args: Any, viewer: Viewer, areas: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.viewer = viewer
        self.filters["area"].extra["choices"] = areas
        self.filters["process"].queryset = PROCESSES.rows(viewer)

    def narrow_to_area(self, rows: QuerySet[Session], name: str, value: str) -> QuerySet[Session]:
        """Keep the area's subtree."""
        return in_area(rows, value)

    def without_group(self, rows: QuerySet[Session], name: str, value: str) -> QuerySet[Session]:
        """Keep sessions to which this group was invited in vain."""
        return where_absent(self.viewer, rows, value)

    def words(self, rows: QuerySet[Session], name: str, value: str) -> QuerySet[Session]:
        """Keep what holds these words."""
        return holding_words(self.viewer, rows, value)

    @property
    def chosen(self) -> bool:
        """Whether anything narrows the list."""
        return self.is_bound and any(value not in (None, "") for value in self.form.cleaned_data.values())


def edits_waiting(viewer: Viewer) -> list[Waits]:
    """For the bar of tasks: edits that say something else than what stands."""
    if viewer.user_id is None:
        return []
    return [Waits("dialogues", edits_to_settle(viewer), _edit_words, "/dialogues/#waiting")]


def _edit_words(count: int) -> str:
    return ngettext("session was written differently by two", "sessions were written differently by two", count)
