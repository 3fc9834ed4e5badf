"""Taking the dialogues of the demonstration away."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q, QuerySet

from dialogues.models import Process, Session, SessionImport


def remove() -> Mapping[str, int]:
    """Sessions of real people that touch made-up ones stay, without the made-up process or body."""
    made_up = Session.objects.filter(Q(is_demo=True) | Q(recorded_by__is_demo=True))
    gone = {"sessions": _delete(made_up)}
    Session.objects.filter(process__is_demo=True).update(process=None)
    Session.objects.filter(led_by__is_demo=True).update(led_by=None)
    begun = Process.objects.filter(Q(is_demo=True) | Q(created_by__is_demo=True), sessions=None)
    gone["processes"] = _delete(begun)
    gone["files of sessions"] = _delete(SessionImport.objects.filter(uploaded_by__is_demo=True))
    return gone


def _delete(rows: QuerySet[Any]) -> int:
    numbers = list(rows.values_list("pk", flat=True))
    _all, gone = rows.model._default_manager.filter(pk__in=numbers).delete()
    return int(gone.get(rows.model._meta.label, 0))
