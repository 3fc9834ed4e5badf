"""What else a report may be about: new reports and open incidents that are near, of the same days, alike in words.

The database scores, in one statement a kind; the reasons are worked out from the few rows that it gives back and are
shown, since a coordinator decides by reasons and not by a number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import Case, Exists, ExpressionWrapper, F, FloatField, Func, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce, Left, TruncDate
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from incidents.access import COUNTED_INCIDENTS, REPORTS
from incidents.models import IncidentState, Report, ReporterIdentity, ReportState
from orgs.models.areas import name_key
from orgs.policy import Viewer

WINDOW = timedelta(days=14)
AT_MOST = 8
SAME_SOURCE_DAYS = 3
"""Within so many days, what one person says by two doors is proposed whatever its words: an SMS has few of them."""
_COMPARED = 1500
"""Characters of a narrative that are compared: people say what happened at the start."""
_FETCHED = 20
_WORDS_SHOWN = 4
_LEAST_LETTERS = 4
_WORD = re.compile(r"\w+")

_SAID_OFTEN = """
    avec avons avait avaient aussi apres avant alors autre autres beaucoup cela cette celui ceux chez comme contre
    dans depuis deux dont elle elles encore entre etait etaient etre fait faire hier ici ils jour jours leur leurs mais
    meme moins nous notre parce pendant personne personnes plus pour quand quelque quelques quils sans sont sous suis
    tous tout toute toutes tres trois vers votre vous that this with from have were they them there about been people
    some when which their would could after before today matin soir nuit aujourdhui cest etaient
"""
_STOP = frozenset(_SAID_OFTEN.split())


@dataclass(frozen=True)
class Match:
    """One thing that a report may also be about, with why."""

    row: Any
    score: float
    reasons: tuple[str | Promise, ...]


def incidents_like(report: Report, viewer: Viewer) -> list[Match]:
    """Open or verified incidents that this report may belong to, the likeliest first."""
    rows = COUNTED_INCIDENTS.rows_as(viewer, "coordinator").filter(
        state__in=(IncidentState.OPEN, IncidentState.VERIFIED)
    )
    told_on = _day(report)
    near = rows.filter(occurred_on__range=(told_on - WINDOW, told_on + WINDOW))
    return _matches(report, _scored(near, report, F("occurred_on"), "narrative").select_related("type"))


def reports_like(report: Report, viewer: Viewer) -> list[Match]:
    """Other new reports that may say the same, the likeliest first."""
    rows = REPORTS.rows_as(viewer, "coordinator").filter(state=ReportState.NEW).exclude(pk=report.pk)
    around = (report.received_at - 2 * WINDOW, report.received_at + 2 * WINDOW)
    said_on = Coalesce(F("occurred_on"), TruncDate("received_at"))
    near = rows.filter(received_at__range=around).annotate(same_source=_same_source(report))
    return _matches(report, _scored(near, report, said_on, "narrative").select_related("type"))


def _same_source(report: Report) -> Exists:
    """Whether the person behind another report is the one behind this: by the hash of their number or account.

    By whichever doors the two came in. Nobody learns who it is, and nothing is opened.
    """
    own = ReporterIdentity.objects.filter(report=report.pk).values("person_key")
    others = ReporterIdentity.objects.filter(report=OuterRef("pk")).exclude(person_key="")
    return Exists(others.filter(person_key__in=own))


class _Days(Func):
    """How many days lie between two dates."""

    arg_joiner = " - "
    template = "ABS(%(expressions)s)"
    output_field = FloatField()


def _scored(rows: QuerySet[Any, Any], report: Report, day: Any, words: str) -> QuerySet[Any, Any]:
    """Near in area (up to 3), in time (up to 2), of the same type (1), alike in words (up to 4)."""
    if report.region_id is not None:
        rows = rows.filter(Q(region=report.region_id) | Q(region=None))
    days = _Days(day, Value(_day(report)))
    told = report.narrative[:_COMPARED]
    alike = TrigramSimilarity(Left(words, _COMPARED), told)
    same = Value(1.0 if report.type_id else 0.0)
    rows = rows.annotate(
        area_score=_area_score(report),
        alike=alike if told else Value(0.0, output_field=FloatField()),
        days_apart=days,
        type_score=Case(When(type=report.type_id, then=same), default=Value(0.0), output_field=FloatField()),
    )
    near = Value(2.0) - F("days_apart") * Value(2.0 / WINDOW.days)
    total = F("area_score") + near + F("type_score") + F("alike") * Value(4.0)
    if "same_source" in rows.query.annotations:
        total += Case(When(same_source=True, then=Value(2.0)), default=Value(0.0), output_field=FloatField())
    scored: QuerySet[Any, Any] = rows.annotate(score=ExpressionWrapper(total, FloatField()))
    return scored.order_by("-score", "-pk")


def _area_score(report: Report) -> Case:
    levels = (("commune", report.commune_id, 3.0), ("cercle", report.cercle_id, 2.0), ("region", report.region_id, 1.0))
    whens = [When(**{level: area}, then=Value(points)) for level, area, points in levels if area is not None]
    return Case(*whens, default=Value(0.0), output_field=FloatField())


def _matches(report: Report, rows: QuerySet[Any, Any]) -> list[Match]:
    told = _words(report.narrative)
    found = []
    for row in rows[:_FETCHED]:
        shared = _shared(told, _words(row.narrative))
        same_words = isinstance(row, Report) and row.content_key == report.content_key
        if same_words or _is_near_enough(report, row, shared):
            reasons = _reasons(report, row, shared, same_words=same_words)
            found.append(Match(row, row.score + (4.0 if same_words else 0.0), reasons))
    return sorted(found, key=lambda match: -match.score)[:AT_MOST]


def _is_near_enough(report: Report, row: Any, shared: set[str]) -> bool:
    """Something besides the days must speak for it: the place, and then the type or the words."""
    alike = len(shared) >= 2 or row.alike >= 0.3
    if _is_same_source(row) and row.days_apart <= SAME_SOURCE_DAYS:
        return True
    near = row.area_score >= 2.0 or (row.area_score > 0 and report.cercle_id is None)
    return bool(near and (alike or row.type_score)) or bool(
        alike and (row.area_score > 0 or row.region_id is None or report.region_id is None)
    )


def _is_same_source(row: Any) -> bool:
    return bool(getattr(row, "same_source", False))


def _reasons(report: Report, row: Any, shared: set[str], *, same_words: bool) -> tuple[str | Promise, ...]:
    reasons: list[str | Promise] = []
    if same_words:
        reasons.append(_("the very same words"))
    if _is_same_source(row):
        reasons.append(_("from the same person"))
    if isinstance(row, Report) and row.door != report.door:
        reasons.append(_("by another door: %(door)s") % {"door": row.get_door_display()})
    if row.area_score:
        reasons.append(_AREA_REASONS[row.area_score])
    elif row.region_id is None:
        reasons.append(gettext_lazy("place not found"))
    days = int(row.days_apart)
    reasons.append(ngettext("%(n)s day apart", "%(n)s days apart", days) % {"n": days} if days else _("same day"))
    if row.type_score:
        reasons.append(_("same type"))
    if shared and not same_words:
        words = ", ".join(sorted(shared, key=lambda word: (-len(word), word))[:_WORDS_SHOWN])
        reasons.append(_("words in common: %(words)s") % {"words": words})
    return tuple(reasons)


_AREA_REASONS: dict[float, Promise] = {
    3.0: gettext_lazy("same commune"),
    2.0: gettext_lazy("same cercle"),
    1.0: gettext_lazy("same region"),
}


def _words(text: str) -> dict[str, str]:
    """The telling words of a text, long enough and not of every sentence: without accents, and as written."""
    keys = {name_key(word): word.lower() for word in _WORD.findall(text[:_COMPARED])}
    return {key: word for key, word in keys.items() if len(key) >= _LEAST_LETTERS and key not in _STOP}


def _shared(told: dict[str, str], other: dict[str, str]) -> set[str]:
    return {word for key, word in told.items() if key in other}


def _day(report: Report) -> date:
    return report.occurred_on or timezone.localtime(report.received_at).date()
