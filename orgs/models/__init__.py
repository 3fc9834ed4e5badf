"""Models of the foundation."""

from orgs.models.areas import Area, AreaColumns, Edition, Level, Place, PlaceKind, name_key
from orgs.models.audit import AuditEntry
from orgs.models.messages import EarlyReceipt, Message, MessageState, ReceivedSms
from orgs.models.organisations import (
    Actor,
    ActorLevel,
    ActorSector,
    Organisation,
    OrganisationKind,
    OrganisationVisibility,
)
from orgs.models.people import ApiToken, Invitation, Membership, User
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
    "EarlyReceipt",
    "Edition",
    "Invitation",
    "Language",
    "Level",
    "Membership",
    "Message",
    "MessageState",
    "Organisation",
    "OrganisationKind",
    "OrganisationVisibility",
    "Place",
    "PlaceKind",
    "ReceivedSms",
    "Role",
    "Tlp",
    "User",
    "name_key",
]
