"""Models of the foundation."""

from orgs.models.actors import Actor, ActorLevel, ActorSector
from orgs.models.areas import Area, AreaColumns, Edition, Level, Place, PlaceKind, name_key, plain_words
from orgs.models.audit import AuditEntry
from orgs.models.contacts import Contact, ProvedHow
from orgs.models.imports import (
    AT_WORK,
    ImportJob,
    ImportMode,
    ImportRow,
    ImportState,
    RowDecision,
    RowOutcome,
    RowState,
)
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
from orgs.models.terms import Term, Vocabulary
from orgs.models.vocabulary import NETWORK_ROLES, SECOND_FACTOR_ROLES, Channel, Language, Role, Tlp

__all__ = [
    "AT_WORK",
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
    "ImportJob",
    "ImportMode",
    "ImportRow",
    "ImportState",
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
    "ProvedHow",
    "ReceivedSms",
    "Role",
    "RowDecision",
    "RowOutcome",
    "RowState",
    "Term",
    "Tlp",
    "User",
    "VerifiedHow",
    "Vocabulary",
    "name_key",
    "plain_words",
]
