"""The form in which somebody says whether a service of the State works. It reads and explains; the service decides."""

from __future__ import annotations

import re
from datetime import date
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from orgs.access import ORGANISATIONS
from orgs.maps.narrowing import Division
from orgs.models import Area, Level, Organisation, Presence, Role, StateServiceKind, name_key
from orgs.policy import Viewer
from orgs.presentation.forms import DayInput
from orgs.services.state_services import Statement

_YEAR = re.compile(r"^\d{4}$")
_FRENCH_DAY = re.compile(r"^(\d{1,2})[/.](\d{1,2})[/.](\d{4})$")
SUGGESTED = 4


class Since(NamedTuple):
    """Since when: a day, or a year with nothing known of the day."""

    day: date | None = None
    is_year: bool = False


class SinceField(forms.CharField):
    """A year or a day, as people write it: 2022, 15/03/2022, 2022-03-15."""

    def clean(self, value: Any) -> Since:
        """Read it; nothing gives nothing."""
        typed = str(super().clean(value)).strip()
        if not typed:
            return Since()
        try:
            if _YEAR.match(typed):
                return Since(date(int(typed), 1, 1), is_year=True)
            french = _FRENCH_DAY.match(typed)
            if french:
                day, month, year = (int(part) for part in french.groups())
                return Since(date(year, month, day))
            return Since(date.fromisoformat(typed))
        except ValueError:
            raise ValidationError(_now("Write a year (2022) or a day (15/03/2022).")) from None


class StatementForm(forms.Form):
    """One statement on one service in one area."""

    area = forms.ChoiceField(label=_("Where"))
    kind = forms.ChoiceField(label=_("Which service"), choices=StateServiceKind.choices)
    presence = forms.ChoiceField(label=_("How it is"), choices=Presence.choices, widget=forms.RadioSelect)
    since = SinceField(
        label=_("Since when"), required=False, max_length=20, help_text=_("A year (2022) or a day (15/03/2022).")
    )
    said_by = forms.CharField(
        label=_("Which organisation says so"),
        required=False,
        max_length=200,
        help_text=_("Its name or acronym in the directory."),
    )
    seen_myself = forms.BooleanField(label=_("I have seen it myself"), required=False)
    source = forms.CharField(
        label=_("Another source"),
        required=False,
        max_length=200,
        help_text=_("For example: decree, radio, head of the school. No names of people."),
    )
    as_of = forms.DateField(label=_("Of which day this is"), widget=DayInput)
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For example: mornings only. Nothing about where forces are."),
    )

    def __init__(self, *args: Any, viewer: Viewer, areas: Division, **kwargs: Any) -> None:
        kwargs["initial"] = {"as_of": timezone.localdate(), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        self.viewer = viewer
        self.fields["area"].choices = [("", "—"), *own_areas(viewer, areas)]  # type: ignore[attr-defined]

    def clean_said_by(self) -> Organisation | None:
        """The organisation of that name; near ones are proposed."""
        typed = self.cleaned_data["said_by"].strip().replace("\x00", "")
        return _organisation(self.viewer, typed) if typed else None

    def statement(self) -> Statement:
        """What the form says."""
        given = self.cleaned_data
        since: Since = given["since"]
        return Statement(
            area=Area.objects.select_related("region", "cercle").defer("geometry").get(pk=given["area"]),
            kind=given["kind"],
            presence=given["presence"],
            as_of=given["as_of"],
            since=since.day,
            since_is_year=since.is_year,
            said_by=given["said_by"],
            seen_myself=given["seen_myself"],
            source=given["source"],
            note=given["note"],
        )


def own_areas(viewer: Viewer, areas: Division) -> list[tuple[str, str]]:
    """The régions and cercles where this viewer may say something, and the communes that are theirs by name."""
    posts = viewer.posts_as((Role.COORDINATOR,))
    everywhere = Role.ADMINISTRATOR in viewer.roles or any(post.nationwide for post in posts)
    found: list[tuple[str, str]] = []
    for region in areas.regions:
        whole = everywhere or any(region.pk in post.region_ids for post in posts)
        if whole:
            found.append((str(region.pk), region.name))
        found += [
            (str(row.pk), f"\u2003{row.name}")
            for row in areas.cercles(region.pk)
            if whole or any(row.pk in post.cercle_ids for post in posts)
        ]
    communes = {pk for post in posts for pk in post.commune_ids}
    if communes:
        rows = Area.objects.filter(pk__in=communes, level=Level.COMMUNE).order_by("name_key")
        found += [(str(pk), name) for pk, name in rows.values_list("pk", "name")]
    return found


def _organisation(viewer: Viewer, typed: str) -> Organisation:
    """The one organisation that a viewer may mean. Raises ``ValidationError`` with near names."""
    seen = ORGANISATIONS.rows(viewer).order_by("name_key", "pk")
    key = name_key(typed)
    exact = list(seen.filter(name_key=key)[:2]) or list(seen.filter(acronym__iexact=typed)[:2])
    if len(exact) == 1:
        return exact[0]
    near = exact or (list(seen.filter(names_key__contains=key)[:SUGGESTED]) if key else [])
    if not near:
        raise ValidationError(_now("No organisation of this name is in the directory. Give the source in words."))
    names = "; ".join(one.name for one in near)
    raise ValidationError(_now("Which one? Write its whole name: %(names)s.") % {"names": names})
