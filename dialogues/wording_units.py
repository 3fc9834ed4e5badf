"""What is said in one unit of a session, in words: so that two people's versions can be read side by side."""

import uuid
from collections.abc import Callable

from django.utils.dateformat import format as date_format
from django.utils.formats import time_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from dialogues.access import PROCESSES
from dialogues.models import AgeBand, Country, Group, Need, SessionKind, SessionState, Sex
from dialogues.said import SessionSaid
from orgs.access import ORGANISATIONS
from orgs.models import Area, Membership, Term, Tlp, User, Vocabulary
from orgs.policy import Viewer


def unit_words(unit: str) -> str:
    """The name of a unit of ``dialogues.said.UNITS``."""
    return {
        "title": _("Title"),
        "kind": _("Kind and state"),
        "process": _("Process"),
        "when": _("Day and hours"),
        "place": _("Place"),
        "languages": _("Languages"),
        "holders": _("Who held it"),
        "present": _("Organisations in the room"),
        "people": _("Participants"),
        "agenda": _("Agenda"),
        "minutes": _("Minutes"),
        "issues": _("Issues raised"),
        "agreements": pgettext("points", "Agreed"),
        "disagreements": pgettext("points", "Not agreed"),
        "tlp": _("Marking"),
    }[unit]


def in_words(viewer: Viewer, said: SessionSaid, unit: str) -> str:
    """What is said in a unit, one thing a line; empty where nothing is.

    What an edit names is not checked while it waits: only what the viewer may see anyway is given its name.
    """
    if unit in _BY_VIEWER:
        return _BY_VIEWER[unit](viewer, said)
    return _WORDS[unit](said)


def _labels(choices: type, values: tuple[str, ...]) -> str:
    known = dict(choices.choices)  # type: ignore[attr-defined]
    return ", ".join(str(known.get(value, value)) for value in values)


def _kind(said: SessionSaid) -> str:
    return f"{_labels(SessionKind, (said.kind,))} – {_labels(SessionState, (said.state,))}"


def _process(viewer: Viewer, said: SessionSaid) -> str:
    if not said.process:
        return ""
    try:
        process = PROCESSES.rows(viewer).filter(uid=uuid.UUID(said.process)).first()
    except ValueError:
        process = None
    title = process.title if process is not None else _("A process that you do not see")
    return title if said.number is None else f"{title} – {said.number}"


def _when(said: SessionSaid) -> str:
    day = date_format(said.held_on, "j F Y") if said.held_on else ""
    hours = "–".join(time_format(moment, "H:i") for moment in (said.starts_at, said.ends_at) if moment)
    return ", ".join(filter(None, [day, hours]))


def _place(said: SessionSaid) -> str:
    areas = Area.objects.current().filter(pcode=said.area).with_names() if said.area else ()
    area = next((one.name for one in areas), said.area)
    country = "" if said.country == Country.MALI else _labels(Country, (said.country,))
    return ", ".join(filter(None, [country, area, said.place_text]))


def _languages(said: SessionSaid) -> str:
    names = {term.code: term.label for term in Term.objects.of(Vocabulary.SPOKEN)}
    lines = [(_("Spoken"), said.spoken), (_("Interpreted"), said.interpreted)]
    return "\n".join(
        _line(label, ", ".join(names.get(code, code) for code in codes)) for label, codes in lines if codes
    )


def _line(label: object, words: object) -> str:
    return _("%(label)s: %(words)s") % {"label": label, "words": words}


def _bodies(viewer: Viewer, ids: tuple[int, ...]) -> str:
    names = list(ORGANISATIONS.rows(viewer).filter(pk__in=ids).order_by("pk").values_list("name", flat=True))
    return ", ".join(_with_others(names, len(ids)))


def _with_others(names: list[str], count: int) -> list[str]:
    hidden = count - len(names)
    return [*names, _("others: %(n)d") % {"n": hidden}] if hidden > 0 else names


def _present(viewer: Viewer, said: SessionSaid) -> str:
    return _bodies(viewer, said.present)


def _holders(viewer: Viewer, said: SessionSaid) -> str:
    bodies = _bodies(viewer, (said.led_by,)) if said.led_by is not None else ""
    # Colleagues by name; anybody else, whose number anybody could write, is counted.
    colleagues = Membership.objects.current().filter(organisation__in=viewer.organisation_ids).values("person")
    people = [str(one) for one in User.objects.filter(pk__in=said.facilitators).filter(pk__in=colleagues)]
    return "\n".join(filter(None, [bodies, ", ".join(_with_others(people, len(said.facilitators)))]))


def _people(said: SessionSaid) -> str:
    lines = [_line(_("Participants"), said.people)]
    if said.spectators:
        lines.append(_line(_("Spectators"), said.spectators))
    for one in said.attendance:
        who = " – ".join([_labels(Group, (one.group,)), _labels(Sex, (one.sex,)), _labels(AgeBand, (one.age_band,))])
        lines.append(_line(who, one.count))
    if said.invited:
        lines.append(_line(_("Groups invited"), _labels(Group, said.invited)))
    if said.absent:
        lines.append(_line(_("Groups absent"), _labels(Group, said.absent)))
    return "\n".join(lines)


def _issues(said: SessionSaid) -> str:
    return "\n".join(f"{one.words} ({_labels(Need, one.needs)})" if one.needs else one.words for one in said.issues)


_WORDS: dict[str, Callable[[SessionSaid], str]] = {
    "title": lambda said: said.title,
    "kind": _kind,
    "when": _when,
    "place": _place,
    "languages": _languages,
    "people": _people,
    "agenda": lambda said: said.agenda,
    "minutes": lambda said: said.minutes,
    "issues": _issues,
    "agreements": lambda said: "\n".join(said.agreements),
    "disagreements": lambda said: "\n".join(said.disagreements),
    "tlp": lambda said: _labels(Tlp, (said.tlp,)),
}

_BY_VIEWER: dict[str, Callable[[Viewer, SessionSaid], str]] = {
    "process": _process,
    "holders": _holders,
    "present": _present,
}
