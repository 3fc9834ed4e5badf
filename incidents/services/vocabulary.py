"""Keeping the types of incident: administrators add, rename and retire them; none is ever deleted."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from incidents.access import may_keep_types
from incidents.models import IncidentType
from incidents.services.errors import NotAllowed
from incidents.services.steps import note
from orgs.policy import Viewer
from orgs.presentation.pictograms import PATHS


def keep_type(*, viewer: Viewer, kind: IncidentType) -> None:
    """Add a type or change what it is called and where it stands. Raises ``ValidationError`` (by field)."""
    if not may_keep_types(viewer):
        raise NotAllowed
    kind.full_clean()
    if kind.pictogram and kind.pictogram not in PATHS:
        raise ValidationError({"pictogram": _("There is no such pictogram.")})
    with transaction.atomic():
        is_new = not IncidentType.objects.filter(pk=kind.pk).exists()
        kind.save()
        note(viewer, kind, "added_type" if is_new else "changed_type", active=kind.is_active, on_form=kind.on_form)
