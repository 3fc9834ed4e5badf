"""Organisations that lines name, looked up among those that the bringer may see."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q
from django.db.models.functions import Lower

from orgs.access import ORGANISATIONS
from orgs.imports.cells import listed
from orgs.models import Organisation
from orgs.models.areas import name_key
from orgs.policy import Viewer


class Bodies:
    """Organisations by name, acronym and address; asked for many at once."""

    def __init__(self, viewer: Viewer) -> None:
        self.viewer = viewer
        self._known: dict[str, set[int]] = {}

    def prepare(self, texts: Iterable[str]) -> None:
        """Look up every name in these cells that is new."""
        keys = {key for text in texts for name in listed(text) if (key := name_key(name)) and key not in self._known}
        if not keys:
            return
        self._known |= {key: set() for key in keys}
        seen = ORGANISATIONS.rows(self.viewer, Organisation.objects.filter(merged_into__isnull=True))
        asked = seen.annotate(short=Lower("acronym")).filter(
            Q(name_key__in=keys) | Q(short__in=keys) | Q(slug__in=[key.replace(" ", "-") for key in keys])
        )
        for pk, own, short, slug in asked.values_list("pk", "name_key", "short", "slug"):
            for key in {own, name_key(short), name_key(slug)} & keys:
                self._known[key].add(pk)

    def named(self, name: str) -> set[int]:
        """Those that are called so."""
        return self._known.get(name_key(name), set())
