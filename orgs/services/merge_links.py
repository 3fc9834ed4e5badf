"""Everything that points at an organisation, read from the models themselves: a model that comes later is included.

Rows are moved by statements on many rows at once. Rows that may not be moved (the same row exists already on the other
side, or a constraint forbids it) are found by halving, and stay.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.apps import apps
from django.db import IntegrityError, models, transaction
from pghistory.models import Event

from orgs.models import Merge, NotDuplicate, Organisation

LEFT_ALONE = (Merge, NotDuplicate)
"""What was said of these two entries themselves: it must not follow either of them."""


@dataclass(frozen=True)
class Link:
    """One column that names an organisation; a link of many to many is two columns of the table between."""

    model: type[models.Model]
    field: str

    @property
    def label(self) -> str:
        """The model, as a merge records it."""
        return str(self.model._meta.label)

    @property
    def words(self) -> str:
        """What the rows are, for people."""
        if self.model._meta.auto_created:
            owner, name = _field_between(self.model)
            return str(owner._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
        return str(self.model._meta.verbose_name_plural)

    def rows(self, organisation_id: int) -> models.QuerySet[Any]:
        """The rows that name this organisation here."""
        return self.model._base_manager.filter(**{self.field: organisation_id})

    def others(self) -> list[str]:
        """Other columns of the same table that name an organisation."""
        return [link.field for link in links() if link.model is self.model and link.field != self.field]


@lru_cache(maxsize=1)
def links() -> tuple[Link, ...]:
    """Every column that names an organisation, but those of histories, which tell what was."""
    return tuple(_links())


def _links() -> Iterator[Link]:
    for model in apps.get_models(include_auto_created=True):
        if issubclass(model, Event) or model in LEFT_ALONE or model._meta.proxy or not model._meta.managed:
            continue
        for field in model._meta.local_fields:
            if isinstance(field, models.ForeignKey) and field.remote_field.model is Organisation:
                yield Link(model, field.name)


def _field_between(between: type[models.Model]) -> tuple[type[models.Model], str]:
    owner: Any = between._meta.auto_created
    name = next(field.name for field in owner._meta.local_many_to_many if field.remote_field.through is between)
    return owner, name


def model_of(label: str) -> type[models.Model]:
    """The model that a merge recorded."""
    return next(model for model in apps.get_models(include_auto_created=True) if model._meta.label == label)


def move(link: Link, ids: Sequence[int], *, to: int) -> tuple[list[int], list[int]]:
    """Make these rows name another organisation; gives those that do and those that could not, and stay."""
    between = models.Q()
    for other in link.others():
        between |= models.Q(**{other: to})
    # A row that ties the two entries to each other would tie the kept one to itself.
    tied = set(link.model._base_manager.filter(between, pk__in=ids).values_list("pk", flat=True)) if between else set()
    moved, stayed = put(link, [pk for pk in ids if pk not in tied], to=to)
    return moved, sorted([*stayed, *tied])


def put(link: Link, ids: list[int], *, to: int) -> tuple[list[int], list[int]]:
    """As ``move``, also for rows that name both entries: to put back what was there before."""
    if not ids:
        return [], []
    try:
        with transaction.atomic():
            link.model._base_manager.filter(pk__in=ids).update(**{f"{link.field}_id": to})
    except IntegrityError:
        if len(ids) == 1:
            return [], ids
        half = len(ids) // 2
        first, second = put(link, ids[:half], to=to), put(link, ids[half:], to=to)
        return first[0] + second[0], first[1] + second[1]
    return ids, []
