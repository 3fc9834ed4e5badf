"""Fields of the form of an entry: other names and links a line each, lists that fold up, areas by région."""

import re
from itertools import groupby
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db.models import Case, F, IntegerField, Q, Value, When
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from orgs.accounts.pages import AreaChoices
from orgs.models import Area, Level, NameKind, Term, Vocabulary, name_key
from orgs.models.areas import words_of

MOST_LINES = 20
LONGEST_NAME = 200
_IN_BRACKETS = re.compile(r"^(?P<name>.*\S)\s*\((?P<what>[^()]{1,60})\)$")
_DEPTH = Case(
    When(level=Level.COUNTRY, then=Value(0)),
    When(level=Level.REGION, then=Value(1)),
    default=Value(2),
    output_field=IntegerField(),
)


class Folded(AreaChoices):
    """Boxes to tick under headings that fold up; those with something ticked are open. Works without scripts."""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Unfold what has something ticked."""
        context: dict[str, Any] = super().get_context(name, value, attrs)
        groups = context["widget"]["optgroups"]
        context["widget"]["unfolded"] = [
            group for group, options, _index in groups if any(one["selected"] for one in options)
        ]
        return context


def lines_of(text: str) -> list[str]:
    """The lines of a text that say something, each once."""
    return list(dict.fromkeys(line for line in (" ".join(line.split()) for line in text.splitlines()) if line))


class LinesField(forms.CharField):
    """Several short things, a line each."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.Textarea({"rows": 3}))
        super().__init__(required=False, **options)

    def to_python(self, value: Any) -> Any:
        """The lines."""
        lines = lines_of(str(super().to_python(value)))
        if len(lines) > MOST_LINES:
            raise ValidationError(_("At most %(n)s lines."), params={"n": MOST_LINES})
        return self.read(lines)

    def read(self, lines: list[str]) -> Any:
        """What the lines mean."""
        return lines


class LinksField(LinesField):
    """Addresses on the web; one without its beginning is meant to be a safe one."""

    def read(self, lines: list[str]) -> Any:
        """Check each."""
        links = [line if "://" in line else f"https://{line}" for line in lines]
        check = URLValidator(schemes=["http", "https"])
        for link in links:
            try:
                check(link)
            except ValidationError:
                raise ValidationError(_("This is not an address on the web: %(link)s"), params={"link": link}) from None
            if len(link) > 300:
                raise ValidationError(_("This address is too long: %(link)s"), params={"link": link})
        return links


class NamesField(LinesField):
    """Other names, each with its language or what it is in brackets: ``Nyɛta (bambara)``."""

    def read(self, lines: list[str]) -> Any:
        """``[name, kind, language]`` of each, in the order in which they are compared."""
        languages = {
            name_key(words): term.code
            for term in Term.objects.of(Vocabulary.SPOKEN)
            for words in (term.code, term.label_fr, term.label_en)
        }
        kinds = {name_key(str(kind.label)): str(kind.value) for kind in NameKind}
        read = [self._read(line, languages, kinds) for line in lines]
        return sorted({row[0]: row for row in read}.values())

    def _read(self, line: str, languages: dict[str, str], kinds: dict[str, str]) -> list[str]:
        found = _IN_BRACKETS.match(line)
        name, kind, language = line, str(NameKind.SPELLING), ""
        if found and name_key(found["what"]) in languages:
            name, kind, language = found["name"], str(NameKind.TRANSLATION), languages[name_key(found["what"])]
        elif found and name_key(found["what"]) in kinds:
            name, kind = found["name"], kinds[name_key(found["what"])]
        if len(name) > LONGEST_NAME:
            raise ValidationError(_("This name is too long: at most %(n)s characters."), params={"n": LONGEST_NAME})
        return [name, kind, language]


def term_choices(vocabulary: str, chosen: list[str]) -> list[tuple[str, list[tuple[str, str]]]]:
    """The terms of a list that may be chosen, and retired ones that are; in one foldable group."""
    terms = Term.objects.of(vocabulary).filter(Q(is_active=True) | Q(code__in=chosen))
    rows = [(term.code, term.label) for term in terms]
    return [(gettext("See the list (%(n)s)") % {"n": len(rows)}, rows)]


def area_choices(chosen: list[int]) -> list[tuple[str, list[tuple[int, str]]]]:
    """The country, régions and cercles of today, and whatever is chosen already, under their régions."""
    today = Q(edition__is_current=True, level__in=(Level.COUNTRY, Level.REGION, Level.CERCLE))
    areas = (
        Area.objects.filter(today | Q(pk__in=chosen))
        .select_related("region")
        .defer("geometry", "region__geometry")
        .order_by(F("region__name_key").asc(nulls_first=True), _DEPTH, "name_key", "pk")
    )
    return [(region, [(area.pk, words_of(area)) for area in group]) for region, group in groupby(areas, key=_region_of)]


def _region_of(area: Area) -> str:
    return words_of(area.region) if area.region else gettext("Whole country")
