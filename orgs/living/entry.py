"""The facts of an entry that people may ask to change: as JSON values that can be compared, kept and put back.

A value is what a ``ChangeItem`` holds: text, a number, codes, primary keys of areas, ``[name, kind, language]`` of
other names, ``{"area", "place", "text"}`` of the seat. Two values are equal exactly when nothing changed.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from orgs.models import Area, Organisation, OrganisationName
from orgs.services.organisations import CODED

Values = dict[str, Any]

FACTS: Mapping[str, Promise] = MappingProxyType(
    {
        "name": _("name"),
        "acronym": _("acronym"),
        "names": _("other names"),
        "kind": _("kind"),
        "founded": _("founded"),
        "legal_number": _("legal number"),
        "legal_scheme": _("register"),
        "themes": _("themes"),
        "served": _("people served"),
        "spoken": _("languages spoken"),
        "capacities": _("capacities"),
        "description": _("description in French"),
        "description_en": _("description in English"),
        "links": _("links"),
        "seat": _("seat"),
        "areas": _("areas where it works"),
        "visibility": _("shown to"),
    }
)
"""What may be changed, in the order in which it is shown."""

PLAIN = (
    "name", "acronym", "kind", "founded", "legal_number", "legal_scheme", "description", "description_en", "visibility",
)  # fmt: skip
NO_SEAT: Mapping[str, Any] = MappingProxyType({"area": None, "place": None, "text": ""})


def values_of(organisation: Organisation) -> Values:
    """Every fact of an entry; an entry that is not kept yet has no areas and no other names."""
    values: Values = {name: getattr(organisation, name) for name in PLAIN}
    values |= {name: sorted(getattr(organisation, name)) for name in CODED}
    values["links"] = list(organisation.links)
    values["seat"] = {
        "area": organisation.seat_id,
        "place": organisation.seat_place_id,
        "text": organisation.place_text,
    }
    is_kept = organisation.pk is not None
    values["areas"] = sorted(organisation.areas.values_list("pk", flat=True)) if is_kept else []
    names = organisation.names.values_list("name", "kind", "language") if is_kept else []
    values["names"] = sorted([list(row) for row in names])
    return {name: values[name] for name in FACTS}


def differences(before: Values, asked: Values) -> Values:
    """The facts that are asked for and differ from what is there."""
    return {name: asked[name] for name in FACTS if name in asked and asked[name] != before[name]}


def put(organisation: Organisation, values: Values) -> tuple[list[Area] | None, list[OrganisationName] | None]:
    """Put values into an entry; areas and other names, which are rows of their own, are given back to be written."""
    for name, value in values.items():
        if name in _PUT:
            _PUT[name](organisation, value)
        elif name not in ("areas", "names"):
            setattr(organisation, name, value)
    areas = list(Area.objects.filter(pk__in=values["areas"])) if "areas" in values else None
    names = None
    if "names" in values:
        names = [OrganisationName(name=name, kind=kind, language=language) for name, kind, language in values["names"]]
    return areas, names


def _put_seat(organisation: Organisation, value: Any) -> None:
    organisation.seat_id, organisation.seat_place_id = value["area"], value["place"]
    organisation.place_text = value["text"]


_PUT: Mapping[str, Callable[[Organisation, Any], None]] = MappingProxyType({"seat": _put_seat})
