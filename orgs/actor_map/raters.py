"""For which organisations a person may say how they find actors, and of which actors."""

from django.db.models import QuerySet

from orgs import access
from orgs.actor_map.forms import Entry, entries_of
from orgs.models import NETWORK_ROLES, Actor, Organisation, Role, plain_words
from orgs.policy import NOTHING, Viewer
from orgs.scopes import AreasOfOrganisation

MOST_WORDS = 5


def own_organisations(viewer: Viewer) -> list[Organisation]:
    """Those for which this person speaks."""
    posts = viewer.posts_as((*NETWORK_ROLES, Role.COORDINATOR))
    ids = sorted({post.organisation_id for post in posts if post.organisation_id is not None})
    return list(_light(access.ORGANISATIONS.rows(viewer).filter(pk__in=ids)).order_by("name_key", "id"))


def coordinated_organisations(viewer: Viewer, words: str) -> QuerySet[Organisation]:
    """Those that are or work where this person coordinates, by words of any of their names or of their place."""
    inside = AreasOfOrganisation("").rows(viewer, viewer.posts_as((Role.COORDINATOR,)))
    rows = access.ORGANISATIONS.rows(viewer, Organisation.objects.active())
    return _light(named(rows.filter(NOTHING if inside is None else inside), words))


def named(rows: QuerySet[Organisation], words: str) -> QuerySet[Organisation]:
    """Those in whose names or place every word stands, whatever the accents."""
    for word in plain_words(words).split()[:MOST_WORDS]:
        rows = rows.filter(names_key__contains=word)
    return rows


def _light(rows: QuerySet[Organisation]) -> QuerySet[Organisation]:
    return rows.only("name", "name_key", "acronym", "slug")


def entries(viewer: Viewer, organisation: Organisation) -> list[Entry]:
    """The actors of whom this person may speak for the organisation, with what it says of each now."""
    own = [organisation.pk, *viewer.organisation_ids]
    actors = access.ACTORS.rows(viewer, Actor.objects.asked_about()).exclude(organisation__in=own)
    said = access.ACTOR_VIEWS.rows(viewer).filter(organisation=organisation.pk, superseded_at=None)
    return entries_of(actors.defer("source", "civil_contact"), said)
