"""What is said in one unit of a session, in words for people: for settling two versions, and for the history."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.formats import date_format, time_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from dialogues.access import PROCESSES
from dialogues.models import AgeBand, Country, Group, Need, Process, SessionKind, SessionState, Sex
from dialogues.said import UNITS, SessionSaid, unit_of
from orgs.access import ORGANISATIONS
from orgs.models import Area, Organisation, Term, Tlp, User, Vocabulary
from orgs.policy import Viewer

UNIT_LABELS: dict[str, str | Promise] = {
    "title": gettext_lazy("Title"),
    "kind": gettext_lazy("Kind and state"),
    "process": gettext_lazy("Process"),
    "when": gettext_lazy("Day and hours"),
    "place": gettext_lazy("Place"),
    "languages": gettext_lazy("Languages"),
    "holders": gettext_lazy("Held by, and facilitators"),
    "present": gettext_lazy("Organisations in the room"),
    "people": pgettext_lazy("session", "Who was there"),
    "agenda": gettext_lazy("Agenda"),
    "minutes": gettext_lazy("Minutes"),
    "issues": gettext_lazy("What was raised"),
    "agreements": gettext_lazy("What was agreed"),
    "disagreements": gettext_lazy("What was not agreed"),
    "tlp": gettext_lazy("Who may read it"),
}


def changed_units(before: SessionSaid, after: SessionSaid) -> list[str]:
    """The units that two versions have differently."""
    return [unit for unit in UNITS if unit_of(before, unit) != unit_of(after, unit)]


@dataclass(frozen=True)
class Names:
    """Names of what versions refer to, each list read in one query; what the viewer may not see has none."""

    bodies: dict[int, str]
    people: dict[int, str]
    processes: dict[str, str]
    areas: dict[str, str]
    terms: dict[tuple[str, str], str]


def names_for(viewer: Viewer, versions: Iterable[SessionSaid]) -> Names:
    """The names that these versions need."""
    each = list(versions)
    bodies = {pk for one in each for pk in (*one.present, *([one.led_by] if one.led_by else []))}
    people = {pk for one in each for pk in one.facilitators}
    processes = Process.objects.filter(uid__in={one.process for one in each if one.process})
    areas = Area.objects.with_names().filter(pcode__in={one.area for one in each if one.area}, edition__is_current=True)
    terms = Term.objects.filter(vocabulary__in=(Vocabulary.SPOKEN, Vocabulary.THEME))
    return Names(
        bodies=dict(ORGANISATIONS.rows(viewer, Organisation.objects.filter(pk__in=bodies)).values_list("pk", "name")),
        people=dict(User.objects.filter(pk__in=people).values_list("pk", "name")),
        processes={str(uid): title for uid, title in PROCESSES.rows(viewer, processes).values_list("uid", "title")},
        areas={area.pcode: area.label() for area in areas},
        terms={(term.vocabulary, term.code): term.label for term in terms},
    )


def lines_of(said: SessionSaid, unit: str, names: Names) -> list[str]:
    """What a version says in one unit, line by line; none for nothing."""
    return [line for line in _WRITERS[unit](said, names) if line]


def _place(said: SessionSaid, names: Names) -> list[str]:
    abroad = "" if said.country == Country.MALI else str(dict(Country.choices).get(said.country, said.country))
    return [said.place_text, names.areas.get(said.area, said.area), abroad]


def _when(said: SessionSaid, names: Names) -> list[str]:
    hours = [time_format(hour, "H:i") for hour in (said.starts_at, said.ends_at) if hour is not None]
    return [date_format(said.held_on, "j F Y") if said.held_on else "", " – ".join(hours)]


def _languages(said: SessionSaid, names: Names) -> list[str]:
    def called(codes: tuple[str, ...]) -> str:
        return ", ".join(names.terms.get((Vocabulary.SPOKEN, code), code) for code in codes)

    interpreted = _("Interpreted: %(names)s") % {"names": called(said.interpreted)} if said.interpreted else ""
    return [called(said.spoken), interpreted]


def _bodies(pks: Iterable[int], names: Names) -> list[str]:
    hidden = _("An organisation that you may not see")
    return [names.bodies.get(pk, hidden) for pk in pks]


def _holders(said: SessionSaid, names: Names) -> list[str]:
    led_by = _bodies([said.led_by], names) if said.led_by else []
    return [*led_by, *(names.people.get(pk, "–") for pk in said.facilitators)]


def _people(said: SessionSaid, names: Names) -> list[str]:
    total = ngettext("%(n)d participant", "%(n)d participants", said.people) % {"n": said.people}
    watched = ngettext("%(n)d spectator", "%(n)d spectators", said.spectators) % {"n": said.spectators}
    groups, sexes, bands = dict(Group.choices), dict(Sex.choices), dict(AgeBand.choices)
    cells = [
        f"{groups.get(one.group, one.group)}, {sexes.get(one.sex, one.sex)}, "
        f"{bands.get(one.age_band, one.age_band)} : {one.count}"
        for one in said.attendance
    ]
    absent = ", ".join(str(groups.get(one, one)) for one in said.absent)
    invited = ", ".join(str(groups.get(one, one)) for one in said.invited)
    return [
        total,
        watched if said.spectators else "",
        *cells,
        _("Invited: %(groups)s") % {"groups": invited} if invited else "",
        _("Did not come: %(groups)s") % {"groups": absent} if absent else "",
    ]


def _issues(said: SessionSaid, names: Names) -> list[str]:
    needs = dict(Need.choices)
    found = []
    for one in said.issues:
        tags = [
            *(str(needs.get(code, code)) for code in one.needs),
            *(names.terms.get((Vocabulary.THEME, code), code) for code in one.themes),
        ]
        found.append(f"{one.words} ({', '.join(tags)})" if tags else one.words)
    return found


def _process(said: SessionSaid, names: Names) -> list[str]:
    title = names.processes.get(said.process, _("A process that you may not see")) if said.process else ""
    return [title, _("Number %(n)d") % {"n": said.number} if said.number else ""]


def _kind(said: SessionSaid, names: Names) -> list[str]:
    kinds, states = dict(SessionKind.choices), dict(SessionState.choices)
    return [str(kinds.get(said.kind, said.kind)), str(states.get(said.state, said.state))]


_WRITERS: dict[str, Callable[[SessionSaid, Names], list[str]]] = {
    "title": lambda said, names: [said.title],
    "kind": _kind,
    "process": _process,
    "when": _when,
    "place": _place,
    "languages": _languages,
    "holders": _holders,
    "present": lambda said, names: _bodies(said.present, names),
    "people": _people,
    "agenda": lambda said, names: [said.agenda],
    "minutes": lambda said, names: [said.minutes],
    "issues": _issues,
    "agreements": lambda said, names: list(said.agreements),
    "disagreements": lambda said, names: list(said.disagreements),
    "tlp": lambda said, names: [str(dict(Tlp.choices).get(said.tlp, said.tlp))],
}
