"""What a facilitator prints before a session: the data of each sheet, in French with a second language beside it.

Nothing that anybody said stands on these sheets: the title, the day, the place and the agenda, as the facilitator sees
them. Of a session that is RED not even that.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from dialogues.disclosure import PROCESS, SESSION
from dialogues.models import AgeBand, Group, Process, Session, SessionKind, Sex
from dialogues.papers.sections import priorities
from dialogues.papers.shown import hours_of, languages_of, place_of
from dialogues.papers.words import FIRST, WORDS, Beside, in_two
from orgs.models import Tlp
from orgs.policy import Viewer
from orgs.presentation.badges import MARKINGS
from orgs.presentation.times import exact

PARTS: Mapping[str, Any] = {
    "agenda": gettext_lazy("The agenda"),
    "attendance": gettext_lazy("Attendance: strokes by sex, age and group, no names"),
    "names": gettext_lazy("A list of names, of those who agree to it alone"),
    "consent_name": gettext_lazy("Consent: my name"),
    "consent_picture": gettext_lazy("Consent: my picture"),
    "rating": gettext_lazy("Rating: what is urgent, can be done, would change much"),
}
"""The sheets, in the order in which they are printed."""

LINES_OF_AGENDA = 10
LINES_OF_NAMES = 10
LINES_TO_RATE = 8
MOST_TO_RATE = 40
_SEXES = (Sex.WOMEN, Sex.MEN)
_AGES = tuple(one.value for one in AgeBand if one != AgeBand.UNKNOWN)
_GROUPS = tuple(one.value for one in Group if one != Group.UNKNOWN)


def pack(
    viewer: Viewer, row: Session | Process, audience: str, parts: Sequence[str], second: Beside | None
) -> dict[str, Any]:
    """The data of the sheets ``parts`` for one session, or empty ones for a process."""
    with override(FIRST):
        facts = _facts(row, audience)
        named = facts.pop("title")
        data = {
            "title": named or _("Sheets for a session"),
            "marking": MARKINGS[row.tlp.replace("_", "-")].name,
            "footer": str(MARKINGS[row.tlp.replace("_", "-")].readers),
            "lang": FIRST,
            "second": second is not None,
            "second_lang": second.iso if second else "",
            "words": in_two(second.code if second else "", WORDS),
            "named": bool(named),
            "facts": facts,
        }
        return data | {"parts": [{"code": part, **_MAKERS[part](viewer, row, audience)} for part in _in_order(parts)]}


def _in_order(parts: Sequence[str]) -> list[str]:
    return [part for part in PARTS if part in parts]


def _facts(row: Session | Process, audience: str) -> dict[str, str]:
    """What is known before the session, as far as it may stand on paper."""
    facts = dict.fromkeys(("title", "day", "hours", "place", "languages", "sort"), "")
    if row.tlp == Tlp.RED:
        return facts
    if isinstance(row, Process):
        return facts | {"title": PROCESS.show(row, audience)["title"] or ""}
    shown = SESSION.show(row, audience)
    return facts | {
        "title": shown["title"],
        "day": exact(shown["held_on"]),
        "hours": hours_of(shown),
        "place": place_of(shown),
        "languages": languages_of(shown),
        "sort": str(SessionKind(shown["kind"]).label),
    }


def _agenda(viewer: Viewer, row: Session | Process, audience: str) -> dict[str, Any]:
    written = ""
    if isinstance(row, Session) and row.tlp != Tlp.RED:
        written = SESSION.show(row, audience)["agenda"] or ""
    lines = [line.strip() for line in written.splitlines() if line.strip()]
    return {"lines": lines, "empty": max(LINES_OF_AGENDA - len(lines), 3)}


def _attendance(viewer: Viewer, row: Session | Process, audience: str) -> dict[str, Any]:
    film = not isinstance(row, Session) or row.tlp == Tlp.RED or row.kind == SessionKind.SCREENING
    return {"sexes": list(_SEXES), "ages": list(_AGES), "groups": list(_GROUPS), "film": film}


def _names(viewer: Viewer, row: Session | Process, audience: str) -> dict[str, Any]:
    return {"empty": LINES_OF_NAMES}


def _consent_name(viewer: Viewer, row: Session | Process, audience: str) -> dict[str, Any]:
    return {"heading": "consent-name", "says": ["name-1", "name-2", "name-3", "name-4"], "answers": ["yes", "no"]}


def _consent_picture(viewer: Viewer, row: Session | Process, audience: str) -> dict[str, Any]:
    says = ["picture-1", "picture-2", "picture-3", "picture-4"]
    return {"heading": "consent-picture", "says": says, "answers": ["yes-face", "yes-no-face", "yes-report", "no"]}


def _rating(viewer: Viewer, row: Session | Process, audience: str) -> dict[str, Any]:
    lines = [] if row.tlp == Tlp.RED else priorities.of(viewer, row)[:MOST_TO_RATE]
    return {"lines": lines, "empty": 0 if lines else LINES_TO_RATE}


_MAKERS: Mapping[str, Callable[[Viewer, Any, str], dict[str, Any]]] = {
    "agenda": _agenda,
    "attendance": _attendance,
    "names": _names,
    "consent_name": _consent_name,
    "consent_picture": _consent_picture,
    "rating": _rating,
}
