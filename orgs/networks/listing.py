"""Networks with their members, and organisations tied to no one, as far as a viewer may see them."""

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from orgs.access import LINKS, ORGANISATIONS
from orgs.actor_map.raters import named
from orgs.models import Area, LinkKind, Organisation, OrganisationKind, OrganisationLink, plain_words
from orgs.policy import Viewer

CANDIDATES = 20
BY_NAME = (("name_key", "asc"), ("id", "asc"))


def networks(viewer: Viewer, region: Area | None = None) -> QuerySet[Organisation]:
    """The organisations that others are members of or coordinated by, and those that call themselves networks.

    ``members`` counts those that this viewer may see: the number says nothing of hidden ones.
    """
    inside = _visible(viewer).filter(kind__in=(LinkKind.MEMBER, LinkKind.COORDINATED), other=OuterRef("pk"))
    counted = inside.order_by().values("other").annotate(n=Count("organisation", distinct=True)).values("n")
    members = Coalesce(Subquery(counted, output_field=IntegerField()), 0)
    rows = _active(viewer, region).annotate(members=members)
    return rows.filter(Q(members__gt=0) | Q(kind=OrganisationKind.NETWORK))


def alone(viewer: Viewer, region: Area | None = None) -> QuerySet[Organisation]:
    """The organisations without any tie that this viewer may see."""
    links = _visible(viewer)
    return _active(viewer, region).filter(
        ~Exists(links.filter(organisation=OuterRef("pk"))), ~Exists(links.filter(other=OuterRef("pk")))
    )


def candidates_for(viewer: Viewer, organisation: Organisation, words: str) -> list[Organisation]:
    """Organisations to tie one to: those that this viewer may see, by words of any of their names."""
    if not plain_words(words):
        return []
    rows = ORGANISATIONS.rows(viewer, Organisation.objects.active()).exclude(pk=organisation.pk)
    return list(named(rows, words).only("name", "name_key", "slug").order_by("name_key", "id")[:CANDIDATES])


def _visible(viewer: Viewer) -> QuerySet[OrganisationLink]:
    return LINKS.rows(viewer, OrganisationLink.objects.current())


def _active(viewer: Viewer, region: Area | None) -> QuerySet[Organisation]:
    rows = (
        ORGANISATIONS.rows(viewer, Organisation.objects.active())
        .select_related("region")
        .defer("region__geometry", "words", "names_key", "description", "description_en")
    )
    return rows.filter(reach__contains=[region.pk]) if region else rows
