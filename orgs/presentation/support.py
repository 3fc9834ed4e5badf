"""How support to organisations is put into words: the five kinds, their fields, and what each field says.

A field gives a plain value (words, a day, an amount, an organisation); pages and files write it in their own way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from orgs.models import (
    FundingCall,
    GrantStatus,
    Need,
    NeedState,
    Programme,
    ProgrammeKind,
    SubGrant,
    Training,
    Vocabulary,
)
from orgs.models.support import SupportRow
from orgs.presentation.times import exact

Words = str | Promise


@dataclass(frozen=True)
class Named:
    """An organisation that the viewer may see."""

    name: str
    slug: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Money:
    """An amount in a currency."""

    amount: Decimal
    currency: str

    def __str__(self) -> str:
        decimals = 0 if self.amount == self.amount.to_integral_value() else 2
        return f"{number_format(self.amount, decimals, use_l10n=True, force_grouping=True)} {self.currency}"


@dataclass(frozen=True)
class Known:
    """What the numbers and codes of some rows stand for, looked up for all of them together."""

    organisations: Mapping[int, Named] = field(default_factory=dict)
    areas: Mapping[int, str] = field(default_factory=dict)
    terms: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def organisation(self, row: Mapping[str, Any], name: str) -> Named | str:
        """Who is meant, or what was written where it is not in the directory (or may not be seen there)."""
        return self.organisations.get(row.get(name) or 0) or row.get(f"{name}_text") or ""

    def area(self, row: Mapping[str, Any]) -> str:
        """The finest area that may be told."""
        number = row.get("commune") or row.get("cercle") or row.get("region")
        return self.areas.get(number or 0, "")

    def term(self, vocabulary: str, code: str) -> str:
        """The word for a code."""
        return self.terms.get((vocabulary, code), code)

    def several(self, vocabulary: str, codes: list[str] | None) -> str:
        """The words for codes."""
        return ", ".join(self.term(vocabulary, code) for code in codes or ())


@dataclass(frozen=True)
class Shown:
    """One field of a kind: its name for people, its HXL tag, and what it says of a row."""

    label: Words
    tag: str
    value: Callable[[Mapping[str, Any], Known], Any]
    listed: bool = False
    """Whether it stands in the list, and not only on the row's own page and in the file."""


@dataclass(frozen=True)
class Kind:
    """One kind of support: its addresses begin with ``/orgs/support/<key>/``."""

    key: str
    model: type[SupportRow]
    title: Words
    add: Words
    lead: Words
    none: Words
    order: tuple[tuple[str, str], ...]
    name: Callable[[Mapping[str, Any], Known], str]
    """How a row is called in a list and above its own page."""
    fields: tuple[Shown, ...]

    def address(self, step: str = "", number: int | None = None) -> str:
        """Where its list, or a step on one row, is."""
        parts = [self.key, step] if step else [self.key]
        return reverse(f"support-{'-'.join(parts)}", args=[] if number is None else [number])


def plain(name: str) -> Callable[[Mapping[str, Any], Known], Any]:
    """A field that says what its column holds."""
    return lambda row, known: row.get(name)


def _choice(name: str, choices: list[tuple[str, Any]]) -> Callable[[Mapping[str, Any], Known], str]:
    words = dict(choices)
    return lambda row, known: str(words.get(row.get(name) or "", ""))


def _term(name: str, vocabulary: str) -> Callable[[Mapping[str, Any], Known], str]:
    return lambda row, known: known.term(vocabulary, row.get(name) or "")


def _terms(name: str, vocabulary: str) -> Callable[[Mapping[str, Any], Known], str]:
    return lambda row, known: known.several(vocabulary, row.get(name))


def _body(name: str) -> Callable[[Mapping[str, Any], Known], Any]:
    return lambda row, known: known.organisation(row, name)


def _place(row: Mapping[str, Any], known: Known) -> str:
    return known.area(row)


def _money(row: Mapping[str, Any], known: Known) -> Money | None:
    amount = row.get("amount")
    return None if amount is None else Money(amount, row.get("currency") or "")


def _range(row: Mapping[str, Any], known: Known) -> str:
    least, most = row.get("amount_min"), row.get("amount_max")
    currency = row.get("currency") or ""
    if least is not None and most is not None:
        return _now("%(least)s to %(most)s") % {"least": Money(least, currency), "most": Money(most, currency)}
    if most is not None:
        return _now("up to %(most)s") % {"most": Money(most, currency)}
    return _now("from %(least)s") % {"least": Money(least, currency)} if least is not None else ""


def _call_areas(row: Mapping[str, Any], known: Known) -> str:
    names = sorted({known.areas[number] for number in row.get("covers") or () if number in known.areas})
    return "; ".join(names) if names else _now("the whole country")


TRAINING = Kind(
    "trainings",
    Training,
    _("Trainings"),
    _("Enter a training"),
    _("Who was trained in what, when and where. People are counted, never named."),
    _("No training is written down here yet."),
    (("starts_on", "desc"), ("id", "desc")),
    lambda row, known: row["title"],
    (
        Shown(_("Title"), "#activity+name", plain("title")),
        Shown(_("Topic"), "#subsector+name", _term("topic", Vocabulary.TRAINING), listed=True),
        Shown(_("From"), "#date+start", plain("starts_on"), listed=True),
        Shown(_("Until"), "#date+end", plain("ends_on")),
        Shown(_("Area"), "#loc+name", _place, listed=True),
        Shown(_("Place"), "#loc+place", plain("place_text")),
        Shown(_("Organiser"), "#org+name+impl", _body("organiser"), listed=True),
        Shown(_("Languages"), "#activity+languages", _terms("spoken", Vocabulary.SPOKEN)),
        Shown(_("Source"), "#meta+source", plain("source")),
    ),
)
GRANT = Kind(
    "grants",
    SubGrant,
    _("Sub-grants"),
    _("Enter a sub-grant"),
    _("Who gives how much to whom, for what, and which reports are due. Amounts are for those concerned only."),
    _("There is no sub-grant that you may see."),
    (("starts_on", "desc"), ("id", "desc")),
    lambda row, known: str(known.organisation(row, "recipient")),
    (
        Shown(_("Receives it"), "#org+name+recipient", _body("recipient")),
        Shown(_("Gives it"), "#org+name+funder", _body("funder"), listed=True),
        Shown(_("Amount"), "#value+amount", _money, listed=True),
        Shown(_("From"), "#date+start", plain("starts_on"), listed=True),
        Shown(_("Until"), "#date+end", plain("ends_on"), listed=True),
        Shown(_("For what"), "#activity+description", plain("purpose")),
        Shown(_("Status"), "#status", _choice("status", GrantStatus.choices), listed=True),
        Shown(_("Source"), "#meta+source", plain("source")),
    ),
)
NEED = Kind(
    "needs",
    Need,
    _("Needs"),
    _("State a need"),
    _("What organisations say they lack. Told to those who can help."),
    _("There is no need that you may see."),
    (("stated_on", "desc"), ("id", "desc")),
    lambda row, known: known.term(Vocabulary.NEED, row["kind"]),
    (
        Shown(_("Organisation"), "#org+name", _body("organisation"), listed=True),
        Shown(_("What is needed"), "#need+type", _term("kind", Vocabulary.NEED)),
        Shown(_("In their words"), "#need+description", plain("words"), listed=True),
        Shown(_("Said on"), "#date", plain("stated_on"), listed=True),
        Shown(_("Said by"), "#meta+by", plain("stated_by")),
        Shown(_("State"), "#status", _choice("state", NeedState.choices), listed=True),
        Shown(_("Source"), "#meta+source", plain("source")),
    ),
)
CALL = Kind(
    "calls",
    FundingCall,
    _("Calls for funding"),
    _("Enter a call"),
    _("Money that organisations may ask for. What closes first stands first."),
    _("No call is open at present."),
    (("closes_on", "asc"), ("id", "asc")),
    lambda row, known: row["title"],
    (
        Shown(_("Title"), "#activity+name", plain("title")),
        Shown(_("Funder"), "#org+name+funder", _body("funder"), listed=True),
        Shown(_("Opens"), "#date+start", plain("opens_on")),
        Shown(_("Closes"), "#date+end", plain("closes_on"), listed=True),
        Shown(_("Areas"), "#loc+name", _call_areas, listed=True),
        Shown(_("Themes"), "#sector+name", _terms("themes", Vocabulary.THEME), listed=True),
        Shown(_("Amount"), "#value+range", _range, listed=True),
        Shown(_("Who may apply"), "#activity+eligibility", plain("who_may_apply")),
        Shown(_("Link"), "#meta+url", plain("link")),
        Shown(_("Source"), "#meta+source", plain("source")),
    ),
)
PROGRAMME = Kind(
    "programmes",
    Programme,
    _("Programmes"),
    _("Enter a programme"),
    _("Reintegration and prevention: what organisations do for years, and how many people it reached."),
    _("No programme is written down here yet."),
    (("title", "asc"), ("id", "asc")),
    lambda row, known: row["title"],
    (
        Shown(_("Title"), "#activity+name", plain("title")),
        Shown(_("Kind"), "#activity+type", _choice("kind", ProgrammeKind.choices), listed=True),
        Shown(_("Organisation"), "#org+name+impl", _body("organisation"), listed=True),
        Shown(_("Area"), "#loc+name", _place, listed=True),
        Shown(_("Place"), "#loc+place", plain("place_text")),
        Shown(_("From"), "#date+start", plain("starts_on")),
        Shown(_("Until"), "#date+end", plain("ends_on")),
        Shown(_("Funding"), "#activity+funding", plain("funding")),
        Shown(_("Self-financed since"), "#date+year+self_financed", plain("self_financed_since"), listed=True),
        Shown(_("Source"), "#meta+source", plain("source")),
    ),
)
KINDS: Mapping[str, Kind] = {kind.key: kind for kind in (TRAINING, PROGRAMME, NEED, CALL, GRANT)}
"""In the order in which they stand above the pages."""


def on_page(value: Any) -> Any:
    """A value as a page writes it; nothing for nothing."""
    if isinstance(value, Named):
        return format_html('<a href="/orgs/{}/">{}</a>', value.slug, value.name)
    if isinstance(value, date):
        return exact(value)
    if isinstance(value, str) and value.startswith(("https://", "http://")):
        return format_html('<a href="{}" rel="noreferrer">{}</a>', value, value)
    return "" if value is None else value


def facts(kind: Kind, row: Mapping[str, Any], known: Known, *, listed: bool = False) -> list[tuple[Words, Any]]:
    """What is known of a row, as pairs of word and value; nothing where nothing is known."""
    pairs = ((one.label, on_page(one.value(row, known))) for one in kind.fields if one.listed or not listed)
    return [(label, value) for label, value in pairs if value not in (None, "")]


ACTS: Mapping[str, Words] = {
    "added": _("entered"),
    "changed": _("changed"),
    "withdrew": _("withdrawn"),
    "put_back": _("put back"),
    "met": _("marked as met"),
    "reopened": _("opened again"),
    "counted": _("people counted"),
    "expects_report": _("report expected"),
    "received_report": _("report received"),
    "took_back_report": _("report not received after all"),
    "forgot_report": _("report not due after all"),
}


def act(verb: str) -> Words:
    """What was done, in words, from the audit log's own ("added_training")."""
    found = ACTS.get(verb) or next((words for key, words in ACTS.items() if verb.startswith(f"{key}_")), None)
    return found or verb
