"""Models of the foundation."""

from orgs.models.actors import (
    WISHING,
    Actor,
    ActorLevel,
    ActorRole,
    ActorSector,
    ActorView,
    CivilRole,
    Reach,
    Trust,
    Wish,
)
from orgs.models.areas import Area, AreaColumns, Edition, Level, Place, PlaceKind, name_key, plain_words
from orgs.models.audit import AuditEntry
from orgs.models.changes import (
    ChangeItem,
    ChangeRequest,
    ChangeState,
    Confirmation,
    ConfirmationAnswer,
    Decision,
)
from orgs.models.contacts import Contact, ProvedHow
from orgs.models.links import LinkKind, OrganisationLink
from orgs.models.messages import EarlyReceipt, Message, MessageState, ReceivedSms
from orgs.models.organisations import (
    FactSource,
    LegalScheme,
    NameKind,
    Organisation,
    OrganisationKind,
    OrganisationName,
    OrganisationState,
    OrganisationVisibility,
    VerifiedHow,
)
from orgs.models.people import ApiToken, Invitation, Membership, User
from orgs.models.state_services import Presence, StateService, StateServiceKind
from orgs.models.terms import Term, Vocabulary
from orgs.models.vocabulary import NETWORK_ROLES, SECOND_FACTOR_ROLES, Channel, Language, Role, Tlp

__all__ = [
    "NETWORK_ROLES",
    "SECOND_FACTOR_ROLES",
    "WISHING",
    "Actor",
    "ActorLevel",
    "ActorRole",
    "ActorSector",
    "ActorView",
    "ApiToken",
    "Area",
    "AreaColumns",
    "AuditEntry",
    "ChangeItem",
    "ChangeRequest",
    "ChangeState",
    "Channel",
    "CivilRole",
    "Confirmation",
    "ConfirmationAnswer",
    "Contact",
    "Decision",
    "EarlyReceipt",
    "Edition",
    "FactSource",
    "Invitation",
    "Language",
    "LegalScheme",
    "Level",
    "LinkKind",
    "Membership",
    "Message",
    "MessageState",
    "NameKind",
    "Organisation",
    "OrganisationKind",
    "OrganisationLink",
    "OrganisationName",
    "OrganisationState",
    "OrganisationVisibility",
    "Place",
    "PlaceKind",
    "Presence",
    "ProvedHow",
    "Reach",
    "ReceivedSms",
    "Role",
    "StateService",
    "StateServiceKind",
    "Term",
    "Tlp",
    "Trust",
    "User",
    "VerifiedHow",
    "Vocabulary",
    "Wish",
    "name_key",
    "plain_words",
]
