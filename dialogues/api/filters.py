"""What lists of dialogues may be narrowed by: in the API and in exported files."""

from typing import Any
from uuid import UUID

import django_filters as filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from dialogues.access import AGREEMENTS, COMMITMENTS, COMMITTEES, PROCESSES, SESSIONS
from dialogues.models import (
    Agreement,
    AgreementKind,
    Commitment,
    CommitmentState,
    Committee,
    CommitteeKind,
    CommitteeState,
    Country,
    Process,
    ProcessKind,
    ProcessState,
    Proposal,
    RatingRound,
    Session,
    SessionKind,
    SessionState,
)
from dialogues.sessions_listed import GROUPS, holding_words, where_absent
from incidents.api.filters import AreaFilter
from incidents.forms.filters import SHORTEST_TEXT
from orgs.access import ANYONE
from orgs.models import Tlp
from orgs.policy import Viewer


class ProcessFilter(filters.UUIDFilter):
    """Rows of a process that the reader sees: a row that they see does not tell which hidden one it belongs to."""

    def filter(self, qs: QuerySet[Any], value: UUID | None) -> QuerySet[Any]:
        """Keep the rows of the process, by its number outside."""
        if value is None:
            return qs
        viewer = getattr(self.parent, "request", None) or ANYONE
        seen = PROCESSES.rows(viewer).filter(uid=value).order_by()
        return qs.filter(**{f"{self.field_name}__in": seen.values("pk")})


class SessionFilters(filters.FilterSet):
    """What a list of sessions may be narrowed by."""

    area = AreaFilter(policy=SESSIONS, near=("coordinator", "team", "room", "network"))
    kind = filters.MultipleChoiceFilter(choices=SessionKind.choices, label=_("kind"))
    state = filters.MultipleChoiceFilter(choices=SessionState.choices, label=_("state"))
    country = filters.MultipleChoiceFilter(choices=Country.choices, label=_("country"))
    tlp = filters.MultipleChoiceFilter(choices=Tlp.choices, label=_("marking"))
    process = ProcessFilter("process", label=_("process"))
    absent = filters.ChoiceFilter(method="without_group", choices=GROUPS, label=_("group that did not come"))
    text = filters.CharFilter(method="words", min_length=SHORTEST_TEXT, max_length=80, label=_("words"))
    held_after = filters.DateFilter("held_on", lookup_expr="gte", label=_("from this day on"))
    held_before = filters.DateFilter("held_on", lookup_expr="lte", label=_("up to this day"))
    updated_after = filters.IsoDateTimeFilter("updated_at", lookup_expr="gte", label=_("changed since"))

    class Meta:
        model = Session
        fields: list[str] = []

    def without_group(self, rows: QuerySet[Session], name: str, value: str) -> QuerySet[Session]:
        """Keep sessions to which this group was invited in vain, where the reader is told so."""
        return where_absent(self._viewer, rows, value)

    def words(self, rows: QuerySet[Session], name: str, value: str) -> QuerySet[Session]:
        """Keep what holds these words where the reader may read them."""
        return holding_words(self._viewer, rows, value)

    @property
    def _viewer(self) -> Viewer:
        viewer: Viewer = self.request or ANYONE
        return viewer


class ProcessFilters(filters.FilterSet):
    """What a list of processes may be narrowed by."""

    area = AreaFilter(policy=PROCESSES, near=("coordinator", "team", "network"))
    kind = filters.MultipleChoiceFilter(choices=ProcessKind.choices, label=_("kind"))
    state = filters.MultipleChoiceFilter(choices=ProcessState.choices, label=_("state"))
    updated_after = filters.IsoDateTimeFilter("updated_at", lookup_expr="gte", label=_("changed since"))

    class Meta:
        model = Process
        fields: list[str] = []


class CommitmentFilters(filters.FilterSet):
    """What a list of commitments may be narrowed by."""

    area = AreaFilter(policy=COMMITMENTS, near=("coordinator", "team", "owner", "room", "network"))
    state = filters.MultipleChoiceFilter(choices=CommitmentState.choices, label=_("state"))
    due_after = filters.DateFilter("due_on", lookup_expr="gte", label=_("due from this day on"))
    due_before = filters.DateFilter("due_on", lookup_expr="lte", label=_("due up to this day"))
    updated_after = filters.IsoDateTimeFilter("updated_at", lookup_expr="gte", label=_("changed since"))

    class Meta:
        model = Commitment
        fields: list[str] = []


class AgreementFilters(filters.FilterSet):
    """What a list of agreements may be narrowed by."""

    area = AreaFilter(policy=AGREEMENTS, near=("coordinator", "team", "network", "public"))
    kind = filters.MultipleChoiceFilter(choices=AgreementKind.choices, label=_("kind"))
    signed_after = filters.DateFilter("signed_on", lookup_expr="gte", label=_("from this day on"))
    signed_before = filters.DateFilter("signed_on", lookup_expr="lte", label=_("up to this day"))

    class Meta:
        model = Agreement
        fields: list[str] = []


class CommitteeFilters(filters.FilterSet):
    """What a list of committees may be narrowed by."""

    area = AreaFilter(policy=COMMITTEES, near=("coordinator", "team", "member", "network"))
    kind = filters.MultipleChoiceFilter(choices=CommitteeKind.choices, label=_("kind"))
    state = filters.MultipleChoiceFilter(choices=CommitteeState.choices, label=_("state"))

    class Meta:
        model = Committee
        fields: list[str] = []


class ProposalFilters(filters.FilterSet):
    """Of which process, or which session alone, a file of proposals is."""

    process = ProcessFilter("session__process", label=_("process"))
    session = filters.UUIDFilter("session__uid", label=_("session"))

    class Meta:
        model = Proposal
        fields: list[str] = []


class RankingFilters(filters.FilterSet):
    """Of which process, or which round alone, a file of rankings is."""

    process = ProcessFilter("process", label=_("process"))
    round = filters.UUIDFilter("uid", label=_("rating round"))

    class Meta:
        model = RatingRound
        fields: list[str] = []
