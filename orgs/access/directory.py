"""Who may see and do what in the directory: organisations, their contacts and names, areas, vocabularies."""

from orgs.models import (
    NETWORK_ROLES,
    Area,
    Contact,
    FactSource,
    Organisation,
    OrganisationName,
    OrganisationVisibility,
    Role,
    Term,
)
from orgs.policy import Everywhere, Gone, Grant, OwnOrganisation, Policy, SeenWith, Viewer

KEEPERS = (Role.COORDINATOR, Role.ADMINISTRATOR)
"""Who keeps the directory: everywhere, or (coordinators) in their own areas."""

SHOWN_TO_PARTNERS = (OrganisationVisibility.PUBLIC, OrganisationVisibility.PARTNERS)

ORGANISATIONS: Policy[Organisation] = Policy(
    Organisation,
    [
        Grant("administrator", Everywhere(), (Role.ADMINISTRATOR,)),
        Grant("coordinator", Everywhere(), (Role.COORDINATOR,)),
        Grant("member", OwnOrganisation("pk")),
        Grant(
            "partner",
            Everywhere(),
            (*NETWORK_ROLES, Role.LIAISON, Role.ANALYST, Role.OVERSIGHT, Role.OPERATOR),
            when={"visibility__in": SHOWN_TO_PARTNERS, "hidden_at__isnull": True},
        ),
        Grant("public", Everywhere(), when={"visibility": OrganisationVisibility.PUBLIC, "hidden_at__isnull": True}),
    ],
    # What was merged into another entry is found there, and nowhere else.
    [Gone("merged_into")],
)
"""An organisation that is hidden (threatened) is seen by its own people, coordinators and administrators alone."""

NAMES: Policy[OrganisationName] = Policy(
    OrganisationName, [Grant("public", Everywhere())], [SeenWith(ORGANISATIONS, "organisation")]
)

FACT_SOURCES: Policy[FactSource] = Policy(
    FactSource, [Grant("public", Everywhere())], [SeenWith(ORGANISATIONS, "organisation")]
)

CONTACTS: Policy[Contact] = Policy(
    Contact,
    [
        Grant("administrator", Everywhere(), (Role.ADMINISTRATOR,)),
        Grant("coordinator", Everywhere(), (Role.COORDINATOR,)),
        Grant("member", OwnOrganisation()),
        Grant(
            "partner",
            Everywhere(),
            (*NETWORK_ROLES, Role.LIAISON),
            when={"visibility__in": SHOWN_TO_PARTNERS, "ended_at__isnull": True},
        ),
        Grant("public", Everywhere(), when={"visibility": OrganisationVisibility.PUBLIC, "ended_at__isnull": True}),
    ],
    [SeenWith(ORGANISATIONS, "organisation")],
)
"""How to reach an organisation: never more widely than the organisation itself."""

AREAS: Policy[Area] = Policy(Area, [Grant("public", Everywhere())])

TERMS: Policy[Term] = Policy(Term, [Grant("public", Everywhere())])


# --- What people may do ------------------------------------------------------------------------------------------


def may_keep_directory(viewer: Viewer) -> bool:
    """Add and change organisations and actors anywhere, at once: administrators."""
    return Role.ADMINISTRATOR in viewer.roles


def may_decide_on(viewer: Viewer, organisation: Organisation) -> bool:
    """Verify an entry, accept changes to it, keep its contacts: administrators; coordinators where it is or works.

    An entry without any area is every coordinator's.
    """
    if may_keep_directory(viewer):
        return True
    posts = viewer.posts_as((Role.COORDINATOR,))
    if not posts or organisation.merged_into_id is not None:
        return False
    own = set().union(*(post.region_ids | post.cercle_ids | post.commune_ids for post in posts))
    return any(post.nationwide for post in posts) or not organisation.reach or bool(own & set(organisation.reach))


def may_suggest(viewer: Viewer, organisation: Organisation) -> bool:
    """Propose changes to an entry: whoever has an account and may see it."""
    return viewer.user_id is not None and bool(viewer.posts) and ORGANISATIONS.sees(viewer, organisation)


def may_hide(viewer: Viewer, organisation: Organisation) -> bool:
    """Hide a threatened organisation in one step, or show it again: its own people too, since they know first."""
    return organisation.pk in viewer.organisation_ids or may_decide_on(viewer, organisation)


def may_look_for_first(viewer: Viewer) -> bool:
    """Ask who can be somewhere first: those who act or prepare to; not oversight, not operators, not passers-by."""
    return bool(
        viewer.roles & {Role.COORDINATOR, Role.ADMINISTRATOR, Role.ANALYST, Role.LIAISON, *map(str, NETWORK_ROLES)}
    )
