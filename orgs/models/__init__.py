"""Models of the foundation."""

from orgs.models.actors import Actor, ActorLevel, ActorSector
from orgs.models.areas import Area, AreaColumns, Edition, Level, Place, PlaceKind, name_key, plain_words
from orgs.models.audit import AuditEntry
from orgs.models.contacts import Contact, ProvedHow
from orgs.models.merges import Merge, NotDuplicate
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
from orgs.models.support import FundingCall, GrantReport, GrantStatus, Need, NeedState, SubGrant
from orgs.models.support_activities import (
    AgeBand,
    Attendance,
    Measure,
    Programme,
    ProgrammeCount,
    ProgrammeKind,
    Qualifier,
    Sex,
    Training,
)
from orgs.models.terms import Term, Vocabulary
from orgs.models.vocabulary import NETWORK_ROLES, SECOND_FACTOR_ROLES, Channel, Language, Role, Tlp

__all__ = [
    "NETWORK_ROLES",
    "SECOND_FACTOR_ROLES",
    "Actor",
    "ActorLevel",
    "ActorSector",
    "AgeBand",
    "ApiToken",
    "Area",
    "AreaColumns",
    "Attendance",
    "AuditEntry",
    "Channel",
    "Contact",
    "EarlyReceipt",
    "Edition",
    "FactSource",
    "FundingCall",
    "GrantReport",
    "GrantStatus",
    "Invitation",
    "Language",
    "LegalScheme",
    "Level",
    "Measure",
    "Membership",
    "Merge",
    "Message",
    "MessageState",
    "NameKind",
    "Need",
    "NeedState",
    "NotDuplicate",
    "Organisation",
    "OrganisationKind",
    "OrganisationName",
    "OrganisationState",
    "OrganisationVisibility",
    "Place",
    "PlaceKind",
    "Programme",
    "ProgrammeCount",
    "ProgrammeKind",
    "ProvedHow",
    "Qualifier",
    "ReceivedSms",
    "Role",
    "Sex",
    "SubGrant",
    "Term",
    "Tlp",
    "Training",
    "User",
    "VerifiedHow",
    "Vocabulary",
    "name_key",
    "plain_words",
]
