"""What stands on the papers of a facilitator, in plain words: French first, a second language beside it.

Each piece has a key. French and English come from our catalogues; for a language that people speak and the product does
not (Bambara, Fulfulde, Songhay, Tamasheq, ...), somebody who speaks it writes the words in admin (``PaperText``). Where
nobody has yet, lines are printed to write the translation on.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override, pgettext_lazy

from dialogues.models import AgeBand, Group, PaperText, Sex
from orgs.models import Term, Vocabulary

FIRST = "fr"
ALONE = ""
"""No second language."""
_NOT_WRITTEN = ("sign",)
"""Spoken languages (codes of ``Term``) that nobody writes."""

Words = str | Promise

_OWN: Mapping[str, Words] = {
    "agenda": pgettext_lazy("paper", "Agenda"),
    "attendance": _("How many of us are here"),
    "names": _("Names of those who agree to be named"),
    "consent-name": _("Do I agree that my name is kept?"),
    "consent-picture": _("Do I agree to be in a picture?"),
    "rating": _("What comes first?"),
    "day": _("Day"),
    "hours": pgettext_lazy("paper", "From … to …"),
    "place": _("Place"),
    "languages": _("Languages"),
    "hour": pgettext_lazy("paper", "Hour"),
    "what": pgettext_lazy("paper", "What we speak about"),
    "who": pgettext_lazy("paper", "Who leads"),
    "attendance-how": _(
        "Make one stroke for each person, in one box. Write no names. At the end, write the number beside the strokes."
    ),
    "attendance-sum": _("All boxes together must give the number of people in the room:"),
    "attendance-film": _("People who only watched the film are counted apart:"),
    "group": pgettext_lazy("paper", "They came as"),
    "not-known": _("Sex or age not known"),
    "together": pgettext_lazy("paper", "Together"),
    "names-how": _(
        "Nobody has to stand on this list. Whoever says no is only counted. First read the sheet on names aloud."
    ),
    "names-keep": _("Keep this list locked away. Do not photograph it and do not send it by phone."),
    "name": _("Name"),
    "from-where": _("Organisation or village"),
    "contact": _("Phone, only if wished"),
    "sign": _("Signature or thumbprint"),
    "name-1": _("I was told what this meeting is for, and why my name is asked for."),
    "name-2": _("I may say no. I can still take part, and nothing is taken from me."),
    "name-3": _("My name is not published. It is kept locked, and each time that somebody opens it is noted."),
    "name-4": _("I can take my yes back at any time, without saying why. My name is then erased."),
    "picture-1": _("I was told what the picture is for and who will see it."),
    "picture-2": _("I may say no. I can still take part, and I am kept out of the picture."),
    "picture-3": _("People I do not know may see a picture. If my face could put me or my family in danger, I say no."),
    "picture-4": _(
        "I can take my yes back at any time, without saying why. The picture is then erased; copies that others already"
        " have may remain."
    ),
    "yes": _("Yes, I agree"),
    "yes-face": _("Yes, with my face"),
    "yes-no-face": _("Yes, but without my face"),
    "yes-report": _("Yes, also in the report of the meeting"),
    "no": _("No, I do not agree"),
    "take-back": _("To take it back, I speak to:"),
    "witness": _("If I do not write: my witness heard me say yes"),
    "minor": _("Under 18 years: a parent or guardian signs too"),
    "rating-how": _(
        "One sheet for each person, without a name. For each line and question, circle a number: 1 little, 5 much."
    ),
    "priority": pgettext_lazy("paper", "What we want"),
    "urgency": _("Is it urgent?"),
    "feasibility": _("Can it be done?"),
    "impact": _("Would it change much?"),
}

WORDS: Mapping[str, Words] = {
    **_OWN,
    **{f"group-{one.value}": one.label for one in Group if one != Group.UNKNOWN},
    **{f"age-{one.value}": one.label for one in AgeBand if one != AgeBand.UNKNOWN},
    **{f"sex-{one.value}": one.label for one in Sex if one != Sex.UNKNOWN},
}
"""Every piece by its key."""


@dataclass(frozen=True)
class Beside:
    """A second language: its code, what it is called, and, for screen readers, its ISO code."""

    code: str
    label: str
    iso: str = ""


def second_languages() -> list[Beside]:
    """The languages that can stand beside French: those of the product, then those that people speak."""
    own = [Beside(code, str(label), code) for code, label in settings.LANGUAGES if code != FIRST]
    known = {FIRST, *_NOT_WRITTEN, *(one.code for one in own)}
    spoken = [term for term in Term.objects.offered(Vocabulary.SPOKEN) if term.code not in known]
    return own + [Beside(term.code, term.label, term.standard) for term in spoken]


def in_two(second: str, keys: Iterable[str]) -> dict[str, list[str]]:
    """Each piece as it is printed: French, and what stands beside it (empty: lines to write on)."""
    keys = list(keys)
    with override(FIRST):
        french = {key: str(WORDS[key]) for key in keys}
    if second == ALONE:
        return {key: [french[key], ""] for key in keys}
    if second in dict(settings.LANGUAGES):
        with override(second):
            return {key: [french[key], str(WORDS[key])] for key in keys}
    given = dict(PaperText.objects.filter(language=second, key__in=keys).values_list("key", "words"))
    return {key: [french[key], given.get(key, "")] for key in keys}
