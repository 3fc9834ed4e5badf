"""Choosing one of one's own areas: regions, their cercles, their communes."""

from typing import Any

from django import forms
from django.utils.functional import Promise

from orgs.models import Area, Level
from orgs.models.areas import level_words
from orgs.policy import OwnAreas, Viewer

_DEPTH = {Level.REGION: 0, Level.CERCLE: 1, Level.COMMUNE: 2}


def own_area_choices(viewer: Viewer, roles: tuple[str, ...], kept: int | None = None) -> list[Any]:
    """The areas of the viewer's posts in these roles, by region; besides, the one that a row lies in already."""
    inside = OwnAreas().rows(viewer, viewer.posts_as(roles))
    areas = Area.objects.current().filter(level__in=list(_DEPTH))
    own = areas.none() if inside is None else areas.filter(inside)
    rows = (own | areas.filter(pk=kept)) if kept else own
    found = rows.values_list("pk", "level", "name", "name_key", "region__name", "region__name_key", "cercle__name_key")
    groups: dict[str, list[tuple[int, str]]] = {}
    for pk, level, name, _key, region, *_rest in sorted(found, key=_place):
        groups.setdefault(region or name, []).append((pk, level_words(level, name)))
    return list(groups.items())


def _place(row: tuple[Any, ...]) -> tuple[str, str, int, str]:
    _pk, level, _name, key, _region, region_key, cercle_key = row
    return region_key or key, cercle_key or "", _DEPTH[level], key


class OwnAreaField(forms.TypedChoiceField):
    """One of the viewer's own areas; give it ``choices`` in the form's ``__init__``."""

    def __init__(self, **options: Any) -> None:
        super().__init__(coerce=int, empty_value=None, **options)

    def offer(self, viewer: Viewer, roles: tuple[str, ...], *, nowhere: str | Promise, kept: int | None = None) -> None:
        """Set the choices; ``nowhere`` is the words for no area."""
        self.choices = [("", nowhere), *own_area_choices(viewer, roles, kept)]

    def clean(self, value: Any) -> Area | None:
        """The area itself."""
        number = super().clean(value)
        return None if number is None else Area.objects.get(pk=number)
