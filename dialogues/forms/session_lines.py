"""Fields of a session that are lines: who was there, what was raised, who was in the room. They work without scripts.

What was typed is kept as it was typed, also where it cannot be read.
"""

import re
from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from dialogues.checking import MOST_LINES
from dialogues.models import AgeBand, Group, Need, Sex
from dialogues.said import Counted, Raised
from incidents.said import clean_words
from orgs.forms.support import terms_of
from orgs.models import Vocabulary
from orgs.models.areas import name_key
from orgs.policy import Viewer
from orgs.support_lists import bodies_for

BLANK_LINES = 3
_NUMBER = re.compile(r"\d{1,7}")
_NAMED_BY_ADDRESS = re.compile(r"\(([-\w]+)\)$")


class CrowdInput(forms.Widget):
    """People by group, sex and age: a group opens to a small table of numbers."""

    template_name = "dialogues/sessions/widgets/crowd.html"
    use_fieldset = True
    opened: frozenset[str] = frozenset()
    """Groups that stand open without a number in them: those of the session before."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> dict[tuple[str, str, str], str]:
        """What was typed, cell by cell."""
        return {cell: typed for cell in _cells() if (typed := data.get(_cell_name(name, cell), "").strip())}

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """The groups with their tables."""
        context = super().get_context(name, value, attrs)
        typed = _as_typed(value)
        context["widget"]["bands"] = AgeBand.choices
        context["widget"]["groups"] = [self._group(name, group, typed) for group in Group]
        return context

    def _group(self, name: str, group: Group, typed: dict[tuple[str, str, str], str]) -> dict[str, Any]:
        def cells(sex: Sex) -> list[tuple[AgeBand, str, str]]:
            each = [(band, (str(group), str(sex), str(band))) for band in AgeBand]
            return [(band, _cell_name(name, cell), typed.get(cell, "")) for band, cell in each]

        rows = [(sex, cells(sex)) for sex in Sex]
        is_open = str(group) in self.opened or any(cell[0] == group for cell in typed)
        count = sum(int(number) for cell, number in typed.items() if cell[0] == group and _NUMBER.fullmatch(number))
        return {"group": group, "rows": rows, "is_open": is_open, "count": count}


class CrowdField(forms.Field):
    """Who was there, as ``Counted`` lines."""

    widget = CrowdInput

    def clean(self, value: Any) -> tuple[Counted, ...]:
        """The numbers; every cell that holds none is named."""
        wrong = [cell for cell, typed in value.items() if not _NUMBER.fullmatch(typed)]
        if wrong:
            words = _now("“%(typed)s” is not a number (%(where)s).")
            raise ValidationError([words % {"typed": value[cell][:20], "where": _where(cell)} for cell in wrong[:5]])
        return tuple(Counted(sex, band, group, int(typed)) for (group, sex, band), typed in value.items())


def _cells() -> Iterator[tuple[str, str, str]]:
    for group in Group.values:
        for sex in Sex.values:
            for band in AgeBand.values:
                yield group, sex, band


def _cell_name(name: str, cell: tuple[str, str, str]) -> str:
    return "-".join((name, *cell))


def _where(cell: tuple[str, str, str]) -> str:
    group, sex, band = cell
    return f"{Group(group).label}, {Sex(sex).label}, {AgeBand(band).label}"


def _as_typed(value: Any) -> dict[tuple[str, str, str], str]:
    if isinstance(value, dict):
        return value
    return {(one.group, one.sex, one.age_band): str(one.count) for one in value or ()}


class IssuesInput(forms.Widget):
    """What was raised: lines with words, and needs and themes to tick. A few blank lines stand behind the filled."""

    template_name = "dialogues/sessions/widgets/issues.html"
    use_fieldset = True
    blank = BLANK_LINES

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[Raised]:
        """What was typed; lines without words are left out."""
        return [
            Raised(words, tuple(data.getlist(f"{name}-{n}-needs")), tuple(data.getlist(f"{name}-{n}-themes")))
            for n in range(MOST_LINES + 1)
            if (words := clean_words(data.get(f"{name}-{n}-words", "")))
        ]

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """The lines with their choices."""
        context = super().get_context(name, value, attrs)
        lines = [*(value or ()), *[Raised("")] * self.blank]
        themes = terms_of(Vocabulary.THEME, {theme for one in lines for theme in one.themes})
        context["widget"]["lines"] = [
            {
                "name": f"{name}-{n}",
                "number": n + 1,
                "words": one.words,
                "needs": [(code, label, code in one.needs) for code, label in Need.choices],
                "themes": [(code, label, code in one.themes) for code, label in themes],
                "ticked": len(one.needs) + len(one.themes),
            }
            for n, one in enumerate(lines[: MOST_LINES + 1])
        ]
        return context


class IssuesField(forms.Field):
    """What was raised, as ``Raised`` lines."""

    widget = IssuesInput

    def clean(self, value: Any) -> tuple[Raised, ...]:
        """The lines; what they may hold is checked with the rest of the session."""
        return tuple(value)


class LinesField(forms.CharField):
    """One thing a line. Lines that were not touched stay exactly as they were."""

    widget = forms.Textarea

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, widget=forms.Textarea(attrs={"rows": 5}), **options)
        self.stands: tuple[str, ...] = ()

    def prepare_value(self, value: Any) -> Any:
        """As it stands in the box."""
        return value if isinstance(value, str) else "\n".join(_one_line(line) for line in value or ())

    def clean(self, value: Any) -> tuple[str, ...]:
        """The lines that hold something."""
        known = {_one_line(line): line for line in self.stands}
        typed = (clean_words(line) for line in clean_words(value or "").split("\n"))
        return tuple(known.get(line, line) for line in typed if line)


def _one_line(words: str) -> str:
    return " ".join(words.split())


class BodiesInput(forms.Widget):
    """Organisations by name, a field each, with those of the area proposed."""

    template_name = "dialogues/sessions/widgets/bodies.html"
    use_fieldset = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        """The names that were typed."""
        return [typed for one in data.getlist(name) if (typed := clean_words(one))]

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """The fields: those that are filled, and some blank ones."""
        context = super().get_context(name, value, attrs)
        context["widget"]["names"] = [*(value or ()), *[""] * BLANK_LINES]
        return context


class BodiesField(forms.Field):
    """Organisations of the directory, by name, short name or the word in brackets; as primary keys."""

    widget = BodiesInput

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, **options)
        self.viewer = Viewer()

    def clean(self, value: Any) -> tuple[int, ...]:
        """The organisations; each name that is none, or that several carry, is said."""
        found = _bodies_named(self.viewer, value)
        problems = [_problem(words, rows) for words, rows in found.items() if len(rows) != 1]
        if problems:
            raise ValidationError(problems)
        return tuple(rows[0][0] for rows in found.values())


def _problem(words: str, rows: list[tuple[int, str, str]]) -> str:
    if rows:
        names = "; ".join(f"{name} ({slug})" for _pk, name, slug in rows[:5])
        return _now("Which “%(words)s” is meant? Write one of these: %(names)s") % {"words": words, "names": names}
    return _now("There is no organisation called “%(words)s” in the directory.") % {"words": words[:80]}


def _bodies_named(viewer: Viewer, names: list[str]) -> dict[str, list[tuple[int, str, str]]]:
    """Each name with the organisations that go by it, in one query."""
    if not names:
        return {}
    slugs = {words: named.group(1) for words in names if (named := _NAMED_BY_ADDRESS.search(words))}
    keys = {words: name_key(words) for words in names if words not in slugs}
    wanted = Q(slug__in=slugs.values()) | Q(name_key__in=keys.values()) | Q(acronym__in=keys)
    rows = list(bodies_for(viewer).filter(wanted).values_list("pk", "name", "slug", "name_key", "acronym"))
    return {
        words: [
            (pk, name, slug)
            for pk, name, slug, key, acronym in rows
            if (slug == slugs[words] if words in slugs else keys[words] == key or words == acronym)
        ]
        for words in names
    }


class TicksInput(forms.CheckboxSelectMultiple):
    """Many short choices beside each other."""

    template_name = "dialogues/sessions/widgets/ticks.html"


CROWD_HINT = _("Open a group and write numbers. What nobody counted goes under “not recorded”.")
