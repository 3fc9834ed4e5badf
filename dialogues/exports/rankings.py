"""How priorities were ranked, as a file: one line a priority of a closed round. No ballot, and no open round.

Where fewer than five people rated, how many gave each value is told to nobody outside, as on the page.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import groupby
from typing import Any

from django.db.models import Count
from django.http import QueryDict
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dialogues.access import PROCESSES, ROUNDS
from dialogues.api.filters import RankingFilters
from dialogues.disclosed_proposals import RATED, ROUND
from dialogues.exports.sheets import Row, Sheet, SheetColumn, coded, completed_rows, plain, yes
from dialogues.models import (
    SCALE,
    Criterion,
    Dissent,
    Process,
    RatedPriority,
    RatingMethod,
    RatingRound,
)
from dialogues.ranking import Ranked
from dialogues.rated import people_told, rankings_exactly, voices_told
from orgs.policy import Viewer

_FIELDS = ("uid", "title", "method", "closed_at", "is_demo")


def _rows(viewer: Viewer, asked: QueryDict) -> Iterator[Row]:
    return completed_rows(
        viewer,
        asked,
        ROUNDS,
        ROUND,
        RankingFilters,
        fields=_FIELDS,
        order=("-id",),
        marking="process__tlp",
        complete=_ranked,
    )


def _ranked(viewer: Viewer, rows: Sequence[Row]) -> Iterator[Row]:
    """Eight queries a chunk of rounds. One that is open has no ranking."""
    ids = [row["pk"] for row in rows]
    rounds = RatingRound.objects.in_bulk(ids)
    ranking = rankings_exactly(rounds.values())
    items = {item.pk: item for item in RatedPriority.objects.filter(round__in=ids)}
    dissents = Dissent.objects.filter(item__round__in=ids).order_by().values_list("item").annotate(n=Count("pk"))
    disagree = dict(dissents)
    seen = PROCESSES.rows(viewer, Process.objects.filter(pk__in={one.process_id for one in rounds.values()}))
    titles = dict(seen.values_list("pk", "title"))
    for row in rows:
        about = row | {"process": titles.get(rounds[row["pk"]].process_id, ""), "round_title": row["title"]}
        for _place, each in groupby(ranking[row["pk"]], key=lambda one: one.place):
            same = list(each)
            for one in same:
                shown = RATED.show(items[one.key], row["seen_as"])
                shared = one.place is not None and len(same) > 1
                yield about | shown | _numbers(one, row) | {"shared": shared, "dissents": disagree.get(one.key, 0)}


def _numbers(one: Ranked, row: Row) -> Row:
    told: Row = {"place": one.place, "score": _written(one.score)}
    for spread in one.spreads:
        told[f"mean_{spread.criterion}"] = _written(spread.mean)
        told[f"voices_{spread.criterion}"] = voices_told(spread, row["method"])
        people = people_told(spread, row["method"], row["seen_as"]) or [None] * len(SCALE)
        told |= {f"{spread.criterion}_{value}": count for value, count in zip(SCALE, people, strict=True)}
    return told


def _written(number: Fraction | None) -> str:
    """With a point in every language, as spreadsheets and programs read it."""
    return "" if number is None else f"{float(number):.2f}"


def _of_criterion(name: str, label: Any) -> list[SheetColumn]:
    return [
        plain(label, f"#indicator+{name}+mean+num", f"mean_{name}"),
        plain(format_lazy(_("{what}: voices"), what=label), f"#indicator+{name}+voices+num", f"voices_{name}"),
        *(
            plain(format_lazy(_("{what}: how many gave {value}"), what=label, value=value),
                  f"#indicator+{name}+v{value}+num", f"{name}_{value}")
            for value in SCALE
        ),
    ]  # fmt: skip


SHEET = Sheet(
    "rankings",
    _("Rankings"),
    (
        plain(_("Process"), "#activity+process+name", "process"),
        plain(_("Number of the round"), "#activity+round+id", "uid"),
        plain(_("Round"), "#activity+round+name", "round_title"),
        coded(_("How it was rated"), "#activity+round+type", "method", RatingMethod),
        plain(_("Closed"), "#date+closed", "closed_at"),
        plain(pgettext_lazy("ranking", "Place"), "#indicator+rank+num", "place"),
        yes(_("Shares its place"), "#indicator+rank+shared", "shared"),
        plain(_("Priority"), "#activity+priority+name", "title"),
        plain(_("In more words"), "#description+priority", "words"),
        plain(_("Theme"), "#sector+name", "theme"),
        plain(_("Mean of the three"), "#indicator+score+num", "score"),
        *(column for value, label in Criterion.choices for column in _of_criterion(value, label)),
        plain(_("Groups that did not agree"), "#indicator+dissent+num", "dissents"),
        yes(_("Demonstration"), "#meta+demo", "is_demo"),
    ),
    _rows,
)
