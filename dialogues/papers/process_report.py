"""The report of a process: its sessions as one viewer sees each of them. A session that is RED stays out of reports."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dialogues.access import SESSIONS
from dialogues.disclosure import ATTENDANCE, ISSUE, POINT, PROCESS, SESSION
from dialogues.models import (
    Attendance,
    DialogueLevel,
    Issue,
    Point,
    PointKind,
    Process,
    ProcessKind,
    ProcessState,
    SessionKind,
    SessionState,
    Track,
)
from dialogues.papers.figures import needs_and_themes, never_there, people_of, people_section
from dialogues.papers.sections import Report, Section, process_sections, strictest
from dialogues.papers.shown import NOT_SAID, is_narrow, labels_of, place_of, written_for
from orgs.listing import columns_for
from orgs.models import Tlp, Vocabulary
from orgs.policy import Viewer
from orgs.presentation.times import exact

MOST_SESSIONS = 400
"""The newest of them are read; more is no report any more, and is said."""
MOST_POINTS = 300

Shown = dict[str, Any]


@dataclass(frozen=True)
class Seen:
    """A session as the viewer sees it."""

    pk: int
    audience: str
    shown: Shown


def process_report(viewer: Viewer, process: Process, audience: str) -> Report:
    """What came of a process, as ``audience`` (the viewer's, by ``PROCESSES``) is shown it, and what others add."""
    shown = PROCESS.show(process, audience)
    seen, left_out, more = _sessions(viewer, process)
    audiences = {one.pk: one.audience for one in seen}
    sections = [
        *_purpose(shown),
        *_people(seen),
        _list(seen, left_out, more),
        *_there(never_there(_cells(audiences))),
        *needs_and_themes(_issues(audiences), labels_of(Vocabulary.THEME)),
        *_points(seen, audiences),
        *process_sections.of(viewer, process),
    ]
    return Report(
        title=shown["title"],
        kind=_("Report of a process"),
        tlp=strictest([process.tlp, *(one.shown["tlp"] for one in seen), *(one.tlp for one in sections)]),
        audience=written_for([audience, *audiences.values()]),
        narrow=is_narrow([audience, *audiences.values()]),
        facts=_facts(shown),
        sections=sections,
    )


def _there(section: Section | None) -> list[Section]:
    return [] if section is None else [section]


def _sessions(viewer: Viewer, process: Process) -> tuple[list[Seen], int, bool]:
    """The sessions that the viewer sees, in their order; how many are RED and left out; whether there are more."""
    rows = SESSIONS.rows(viewer).filter(process=process)
    red = rows.filter(tlp=Tlp.RED).count()
    columns = columns_for(SESSIONS, SESSION, viewer)
    if not columns:
        return [], 0, False
    listed = (
        rows.exclude(tlp=Tlp.RED)
        .annotate(seen_as=SESSIONS.audience_column(viewer), **columns)
        .order_by("-held_on", "-id")
        .values("pk", "seen_as", *columns)[: MOST_SESSIONS + 1]
    )
    found = [
        Seen(row["pk"], row["seen_as"], {name.removeprefix("shown_"): row[name] for name in columns}) for row in listed
    ]
    return found[:MOST_SESSIONS][::-1], red, len(found) > MOST_SESSIONS


def _facts(shown: Shown) -> list[tuple[Any, Any]]:
    days = [exact(day) if day else "…" for day in (shown["starts_on"], shown["ends_on"])]
    facts = [
        (_("Kind"), ProcessKind(shown["kind"]).label),
        (_("Level"), DialogueLevel(shown["level"]).label),
        (_("Track"), Track(shown["track"]).label),
        (_("State"), ProcessState(shown["state"]).label),
        (_("From … until"), " – ".join(days) if shown["starts_on"] or shown["ends_on"] else ""),
        (_("Area"), place_of(shown) or _("The whole country")),
    ]
    return [(name, value) for name, value in facts if value]


def _purpose(shown: Shown) -> list[Section]:
    lines = [line.strip() for line in (shown["purpose"] or "").splitlines() if line.strip()]
    return [Section(title=_("Purpose"), text=lines)] if lines else []


def _people(seen: Sequence[Seen]) -> list[Section]:
    people = people_of([one.shown for one in seen])
    return [people_section(people)] if people.sessions else []


def _list(seen: Sequence[Seen], left_out: int, more: bool) -> Section:
    """The sessions, one a line."""
    notes = [_("Only the sessions that you may see.")]
    if left_out:
        notes.append(
            ngettext(
                "%(n)d session is marked RED and is not in this report.",
                "%(n)d sessions are marked RED and are not in this report.",
                left_out,
            )
            % {"n": left_out}
        )
    if more:
        notes.append(_("Only the newest %(n)d are counted here.") % {"n": MOST_SESSIONS})
    if not seen:
        return Section(
            title=_("Sessions"), text=[_("There is no session yet that you may see.")], note=" ".join(notes[1:])
        )
    return Section(
        title=_("Sessions"),
        headings=(_("Day"), _("Session"), _("Kind"), _("Place"), _("Attendances"), _("Spectators")),
        rows=[_line(one.shown) for one in seen],
        note=" ".join(notes),
    )


def _line(shown: Shown) -> tuple[Any, ...]:
    held = shown["state"] == SessionState.HELD
    kind = str(SessionKind(shown["kind"]).label)
    return (
        exact(shown["held_on"]),
        shown["title"],
        kind if held else f"{kind} ({SessionState(shown['state']).label})",
        place_of(shown) or NOT_SAID,
        shown["people"] if held else NOT_SAID,
        shown["spectators"] if held and shown["spectators"] else NOT_SAID,
    )


def _cells(audiences: Mapping[int, str]) -> dict[int, list[Shown]]:
    found: dict[int, list[Shown]] = {}
    for row in Attendance.objects.filter(session__in=audiences, session__state=SessionState.HELD).order_by("pk"):
        found.setdefault(row.session_id, []).append(ATTENDANCE.show(row, audiences[row.session_id]))
    return found


def _issues(audiences: Mapping[int, str]) -> list[Shown]:
    rows = Issue.objects.filter(session__in=audiences).order_by("pk")
    return [ISSUE.show(row, audiences[row.session_id]) for row in rows]


def _points(seen: Sequence[Seen], audiences: Mapping[int, str]) -> list[Section]:
    """What was agreed, with its day; words alone, of those sessions whose words the viewer reads."""
    days = {one.pk: exact(one.shown["held_on"]) for one in seen}
    told: dict[str, list[str]] = {}
    for row in Point.objects.filter(session__in=audiences).order_by("session__held_on", "session_id", "position", "pk"):
        shown = POINT.show(row, audiences[row.session_id])
        if shown["words"]:
            told.setdefault(shown["kind"], []).append(f"{days[row.session_id]} – {shown['words']}")
    titles = ((PointKind.AGREEMENT, _("Agreed")), (PointKind.DISAGREEMENT, _("Not agreed")))
    return [
        Section(
            title=title,
            lines=told[kind][-MOST_POINTS:],
            note=_("Only the newest %(n)d are counted here.") % {"n": MOST_POINTS}
            if len(told[kind]) > MOST_POINTS
            else "",
        )
        for kind, title in titles
        if kind in told
    ]
