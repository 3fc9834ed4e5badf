"""Actors as the API gives them: what they are for and who to call. What organisations say of them is not there."""

import django_filters as filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework.fields import BooleanField, CharField, IntegerField

from orgs.access import ACTORS
from orgs.actor_map.calls import roles_of
from orgs.api.resources import Order, Published, Resource
from orgs.api.views import ResourceOne, Rows
from orgs.disclosed import ACTOR
from orgs.models import Actor, ActorLevel, ActorSector, name_key
from orgs.policy import Viewer

ROLE_FIELDS = ("role", "area_pcode", "area_name", "office", "phone", "email", "source", "as_of")


class ActorFilters(filters.FilterSet):
    """What a list of actors may be narrowed by."""

    level = filters.MultipleChoiceFilter(choices=ActorLevel.choices, label=_("level"))
    sector = filters.MultipleChoiceFilter(choices=ActorSector.choices, label=_("sector"))
    name = filters.CharFilter(method="named", label=_("part of the name, without accents"))

    class Meta:
        model = Actor
        fields: list[str] = []

    def named(self, queryset: QuerySet[Actor], name: str, value: str) -> QuerySet[Actor]:
        """Compare names as they are sorted: no accents, no capitals."""
        return queryset.filter(name_key__contains=name_key(value))


def _text(name: str, help_text: str) -> Published:
    return Published(name, name, CharField(allow_null=True, help_text=help_text))


ACTOR_RESOURCE = Resource(
    name="actors",
    policy=ACTORS,
    table=ACTOR,
    published=(
        Published("id", "id", IntegerField(help_text="Number of the actor.")),
        _text("name", "Name of the body."),
        _text("level", "local, national or international."),
        _text("sector", "security, civil_society, governmental or armed_group."),
        _text("mandate", "What it is for."),
        _text("civil_contact", "How civilians reach it anywhere in the country."),
        _text("source", "Where the entry comes from."),
        Published("demonstration", "is_demo", BooleanField(help_text="Whether the entry is made up.")),
    ),
    order=Order(("name_key", "id"), descending=False),
    filters=ActorFilters,
)


class ActorOne(ResourceOne):
    """One actor with what it does for civilians, area by area."""

    def completed(self, viewer: Viewer, rows: Rows) -> Rows:
        """Add the civil roles that hold today."""
        return [row | {"civil_roles": _civil_roles(viewer, row["id"])} for row in rows]


def _civil_roles(viewer: Viewer, actor: int) -> Rows:
    calls = [call.shown for call in roles_of(viewer, actor) if call.role.ended_at is None]
    return [{name: call[name] for name in ROLE_FIELDS} for call in calls]
