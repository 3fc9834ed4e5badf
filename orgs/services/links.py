"""Ties between organisations: saying them, ending them, taking them back."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from orgs import access, audit
from orgs.models import LinkKind, OrganisationLink
from orgs.policy import Viewer
from orgs.services.errors import NotAllowed
from orgs.services.memberships import actor_of


@transaction.atomic
def add_link(*, viewer: Viewer, link: OrganisationLink) -> None:
    """Say that two organisations are tied. Raises ``ValidationError`` (by field) and ``NotAllowed``."""
    ends = (link.organisation, link.other)
    if not any(access.may_link(viewer, end) for end in ends):
        raise NotAllowed
    if not all(access.ORGANISATIONS.sees(viewer, end) for end in ends):
        raise NotAllowed
    _check(link)
    try:
        with transaction.atomic():
            link.save()
    except IntegrityError:  # somebody said the same at the same moment
        raise ValidationError({"other": _("This tie is there already.")}) from None
    audit.record(
        actor_of(viewer),
        "added_link",
        link,
        organisation=link.organisation_id,
        other=link.other_id,
        kind=link.kind,
    )


@transaction.atomic
def change_link(*, viewer: Viewer, link: OrganisationLink) -> None:
    """Correct the days or the source of a tie. Raises as ``add_link`` does."""
    kept = _link_to_change(viewer, link)
    link.organisation, link.other, link.kind = kept.organisation, kept.other, kept.kind
    _check(link)
    link.save()
    audit.record(actor_of(viewer), "changed_link", link)


def _check(link: OrganisationLink) -> None:
    if link.organisation_id == link.other_id:
        raise ValidationError({"other": _("An organisation is not tied to itself: choose another.")})
    if link.starts_on and link.ends_on and link.ends_on < link.starts_on:
        raise ValidationError({"ends_on": _("It cannot end before it began.")})
    link.full_clean(validate_constraints=False)
    if link.ends_on is None and _same(link).exists():
        raise ValidationError({"other": _("This tie is there already.")})


def _same(link: OrganisationLink) -> QuerySet[OrganisationLink]:
    either = Q(organisation=link.organisation_id, other=link.other_id)
    if link.kind == LinkKind.PARTNER:
        either |= Q(organisation=link.other_id, other=link.organisation_id)
    return OrganisationLink.objects.filter(either, kind=link.kind, ends_on=None).exclude(pk=link.pk)


@transaction.atomic
def end_link(*, viewer: Viewer, link: OrganisationLink, on: date | None = None) -> None:
    """Say that a tie no longer holds, from a day on (today). Ending it again changes nothing."""
    link = _link_to_change(viewer, link)
    if link.ends_on is not None:
        return
    day = on or timezone.localdate()
    if link.starts_on and day < link.starts_on:
        raise ValidationError({"ends_on": _("It cannot end before it began.")})
    link.ends_on = day
    link.save(update_fields=["ends_on"])
    audit.record(actor_of(viewer), "ended_link", link)


@transaction.atomic
def resume_link(*, viewer: Viewer, link: OrganisationLink) -> None:
    """Take the end back. Raises ``ValidationError`` where the same tie was said anew meanwhile."""
    link = _link_to_change(viewer, link)
    if link.ends_on is None:
        return
    link.ends_on = None
    if _same(link).exists():
        raise ValidationError(_("This tie is there already."))
    link.save(update_fields=["ends_on"])
    audit.record(actor_of(viewer), "resumed_link", link)


@transaction.atomic
def remove_link(*, viewer: Viewer, link: OrganisationLink) -> None:
    """Take away a tie that never was. A tie that ended is ended, not removed."""
    link = _link_to_change(viewer, link)
    audit.record(
        actor_of(viewer),
        "removed_link",
        link,
        organisation=link.organisation_id,
        other=link.other_id,
        kind=link.kind,
    )
    link.delete()


def _link_to_change(viewer: Viewer, link: OrganisationLink) -> OrganisationLink:
    rows = OrganisationLink.objects.select_for_update(of=("self",)).select_related("organisation", "other")
    found = rows.filter(pk=link.pk).first()
    if found is None or not access.may_change_link(viewer, found):
        raise NotAllowed
    return found
