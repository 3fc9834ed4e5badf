"""Who sees which agreements, who writes them, who says what became of them.

Most agreements are public. Coordinators and facilitators write those of their areas; one that is for the whole country
is written by coordinators of the whole country. Whoever speaks for an organisation of the network and sees an agreement
may assess it, under the organisation's own name; services of the state and forces are assessed, they do not assess.
"""

from django.db.models import Exists, OuterRef, QuerySet

from dialogues.models import Agreement
from orgs.models import NETWORK_ROLES, AreaColumns, Membership, Organisation, OrganisationKind, Role, Tlp
from orgs.policy import Everywhere, Grant, OwnAreas, Policy, Themselves, Viewer, WithoutArea

WRITING_ROLES = (Role.COORDINATOR, Role.FACILITATOR)
ASSESSING_ROLES = (Role.EDITOR, Role.MONITOR, Role.FACILITATOR)
"""Those who speak for their organisation; a reporter speaks for what they saw."""

_GREEN = {"tlp__in": Tlp.up_to(Tlp.GREEN)}
_READERS = (*NETWORK_ROLES, Role.ANALYST)

AGREEMENTS: Policy[Agreement] = Policy(
    Agreement,
    [
        # A coordinator of the whole country has every row in their areas, those without an area too.
        Grant("coordinator", OwnAreas(), (Role.COORDINATOR,)),
        Grant("team", OwnAreas(), (Role.FACILITATOR,), when={**_GREEN, "region_id__isnull": False}),
        Grant("team", Themselves("made_by"), WRITING_ROLES, when={"region_id__isnull": False}),
        Grant("network", OwnAreas(), _READERS, when=_GREEN),
        Grant("network", WithoutArea(), (*_READERS, Role.COORDINATOR), when=_GREEN),
        Grant("public", Everywhere(), when={"tlp": Tlp.CLEAR}),
    ],
)

_WRITERS = ("coordinator", "team")


def may_begin_agreement(viewer: Viewer) -> bool:
    """Enter an agreement at all."""
    return bool(viewer.roles & set(WRITING_ROLES))


def may_write_agreement_in(viewer: Viewer, columns: AreaColumns) -> bool:
    """Enter an agreement of this area, or put one there; without an area, for the whole country."""
    region, cercle, commune = columns
    if region is None:
        return any(post.nationwide for post in viewer.posts_as((Role.COORDINATOR,)))
    posts = viewer.posts_as(WRITING_ROLES)
    return any(post.covers(region_id=region, cercle_id=cercle, commune_id=commune) for post in posts)


def may_edit_agreement(viewer: Viewer, agreement: Agreement) -> bool:
    """Change an agreement and its provisions, link incidents."""
    return AGREEMENTS.audience(viewer, agreement) in _WRITERS


def assessing_organisations(viewer: Viewer) -> QuerySet[Organisation]:
    """The organisations for which this person may say what became of a provision."""
    ids = {post.organisation_id for post in viewer.posts_as(ASSESSING_ROLES) if post.organisation_id is not None}
    liaisons = Membership.objects.current().filter(
        role=Role.LIAISON, person=viewer.user_id or 0, organisation=OuterRef("pk")
    )
    return (
        Organisation.objects.filter(pk__in=ids, merged_into__isnull=True)
        .exclude(kind=OrganisationKind.SECURITY)
        .exclude(Exists(liaisons))
        .order_by("name_key", "id")
    )


def may_assess(viewer: Viewer, agreement: Agreement) -> bool:
    """Say what became of a provision, for one of one's organisations."""
    return AGREEMENTS.sees(viewer, agreement) and assessing_organisations(viewer).exists()
