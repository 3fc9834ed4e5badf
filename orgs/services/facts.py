"""What hangs on an entry and is kept one by one: its other names, and where its facts come from."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from orgs import access, audit
from orgs.models import FactSource, OrganisationName, Term, Vocabulary
from orgs.policy import Viewer
from orgs.services import directory_index
from orgs.services.errors import NotAllowed
from orgs.services.memberships import actor_of

FACTS = (
    "name",
    "kind",
    "founded",
    "legal_number",
    "seat",
    "areas",
    "themes",
    "served",
    "spoken",
    "capacities",
    "description",
    "links",
)
"""Facts of an organisation that may have a source of their own."""


@transaction.atomic
def keep_name(*, viewer: Viewer, name: OrganisationName) -> None:
    """Add or change another name; the organisation is found by it from now on.

    Raises ``ValidationError`` (by field) and ``NotAllowed``.
    """
    if not access.may_decide_on(viewer, name.organisation):
        raise NotAllowed
    languages = Term.objects.of(Vocabulary.SPOKEN)
    if name.language and not languages.filter(code=name.language).exists():
        raise ValidationError({"language": _("Not in the list: %(codes)s.") % {"codes": name.language}})
    is_new = name.pk is None
    before = None if is_new else OrganisationName.objects.get(pk=name.pk).organisation_id
    name.full_clean()
    name.save()
    directory_index.refresh([pk for pk in {before, name.organisation_id} if pk is not None])
    audit.record(actor_of(viewer), "added_name" if is_new else "changed_name", name.organisation, name=name.pk)


@transaction.atomic
def remove_name(*, viewer: Viewer, name: OrganisationName) -> None:
    """Take another name away. Raises ``NotAllowed``."""
    organisation, number = name.organisation, name.pk
    if not access.may_decide_on(viewer, organisation):
        raise NotAllowed
    name.delete()
    directory_index.refresh([organisation.pk])
    audit.record(actor_of(viewer), "removed_name", organisation, name=number)


@transaction.atomic
def keep_fact_source(*, viewer: Viewer, source: FactSource) -> None:
    """Say where a fact comes from. Raises ``ValidationError`` (by field) and ``NotAllowed``."""
    if not access.may_decide_on(viewer, source.organisation):
        raise NotAllowed
    if source.field not in FACTS:
        raise ValidationError({"field": _("There is no such fact.")})
    source.full_clean()
    source.save()
    audit.record(actor_of(viewer), "kept_fact_source", source.organisation, fact=source.field)
