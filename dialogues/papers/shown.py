"""What disclosure shows of a session, in words of the language that is on."""

from collections.abc import Iterable, Mapping
from datetime import time
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dialogues.models import Country
from orgs.models import Term, Vocabulary

AUDIENCES: Mapping[str, Any] = {
    "public": pgettext_lazy("written for", "everybody"),
    "network": pgettext_lazy("written for", "the network in these areas"),
    "room": pgettext_lazy("written for", "those who were in the room"),
    "analyst": pgettext_lazy("written for", "analysts: counts from 1 to 4 are left out"),
    "team": pgettext_lazy("written for", "those who hold it"),
    "coordinator": pgettext_lazy("written for", "coordinators"),
}
"""For whom a report was written."""

AS_MARKED = ("public", "network")
"""Audiences that read no more than the marking alone lets its readers read."""

NOT_SAID = "–"


def written_for(audiences: Iterable[str]) -> str:
    """For whom a report was written, where its parts are shown to the same reader as several audiences."""
    return " ; ".join(str(AUDIENCES[one]) for one in AUDIENCES if one in set(audiences))


def is_narrow(audiences: Iterable[str]) -> bool:
    """Whether a report says more than others with its marking may read: the marking alone would mislead."""
    return not set(audiences) <= set(AS_MARKED)


def place_of(shown: Mapping[str, Any]) -> str:
    """Commune, cercle and region, or the country, with what people call the place, as far as shown."""
    names = [shown.get(name) for name in ("place_text", "commune", "cercle", "region")]
    if shown.get("country") not in (None, Country.MALI):
        names.append(str(Country(shown["country"]).label))
    return ", ".join(dict.fromkeys(str(name) for name in names if name))


def hours_of(shown: Mapping[str, Any]) -> str:
    """From when to when."""
    given = [value for value in (shown.get("starts_at"), shown.get("ends_at")) if isinstance(value, time)]
    return " – ".join(f"{value:%H:%M}" for value in given)


def languages_of(shown: Mapping[str, Any]) -> str:
    """The languages spoken; those that were interpreted in brackets."""
    names = labels_of(Vocabulary.SPOKEN)
    spoken = ", ".join(named(names, shown.get("spoken")))
    interpreted = ", ".join(named(names, shown.get("interpreted")))
    return (
        str(_("%(spoken)s (interpreted: %(others)s)") % {"spoken": spoken, "others": interpreted})
        if interpreted
        else spoken
    )


def labels_of(vocabulary: str) -> dict[str, str]:
    """Code of a term -> its name in the language that is on."""
    return {term.code: term.label for term in Term.objects.of(vocabulary)}


def named(names: Mapping[str, str], codes: Iterable[str] | None) -> list[str]:
    """The names of codes; a code that no list knows any more as it is."""
    return [names.get(code, code) for code in codes or ()]
