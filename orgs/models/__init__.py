"""Models of the foundation."""

from orgs.models.actors import Actor, ActorLevel, ActorSector
from orgs.models.areas import Area, AreaColumns, Edition, Level, Place, PlaceKind, name_key, plain_words
from orgs.models.audit import AuditEntry
from orgs.models.contacts import Contact, ProvedHow
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
    "Actor",
    "ActorLevel",
    "ActorSector",
    "ApiToken",
    "Area",
    "AreaColumns",
    "AuditEntry",
    "Channel",
    "Contact",
    "EarlyReceipt",
    "Edition",
    "FactSource",
    "Invitation",
    "Language",
    "LegalScheme",
    "Level",
    "Membership",
    "Message",
    "MessageState",
    "NameKind",
    "Organisation",
    "OrganisationKind",
    "OrganisationName",
    "OrganisationState",
    "OrganisationVisibility",
    "Place",
    "PlaceKind",
    "Presence",
    "ProvedHow",
    "ReceivedSms",
    "Role",
    "StateService",
    "StateServiceKind",
    "Term",
    "Tlp",
    "User",
    "VerifiedHow",
    "Vocabulary",
    "name_key",
    "plain_words",
]
