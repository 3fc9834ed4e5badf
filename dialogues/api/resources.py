"""Sessions, processes, commitments, agreements and committees as the API gives them."""

from rest_framework import serializers
from rest_framework.fields import (
    BooleanField,
    CharField,
    DateField,
    DateTimeField,
    IntegerField,
    ListField,
    TimeField,
    UUIDField,
)

from dialogues.access import AGREEMENTS, COMMITMENTS, COMMITTEES, PROCESSES, SESSIONS
from dialogues.api.filters import (
    AgreementFilters,
    CommitmentFilters,
    CommitteeFilters,
    ProcessFilters,
    SessionFilters,
)
from dialogues.disclosed_agreements import AGREEMENT, COMMITTEE
from dialogues.disclosed_commitments import COMMITMENT
from dialogues.disclosure import PROCESS, SESSION
from orgs.access import ORGANISATIONS
from orgs.api.resources import Order, Published, Resource, Through

Kind = type[serializers.Field]  # type: ignore[type-arg]


def text(name: str, help_text: str, source: str = "") -> Published:
    """A text or a code."""
    return Published(name, source or name, CharField(allow_null=True, help_text=help_text))


def typed(name: str, kind: Kind, help_text: str, source: str = "") -> Published:
    """A value of another type."""
    return Published(name, source or name, kind(allow_null=True, help_text=help_text))


def pointed(name: str, kind: Kind, help_text: str, source: str, through: Through) -> Published:
    """What names another row, for those who may see that one too."""
    return Published(name, source, kind(allow_null=True, help_text=help_text), through)


def listed(name: str, help_text: str) -> Published:
    """A list of codes."""
    return Published(name, name, ListField(child=CharField(), allow_null=True, help_text=help_text))


_PLACE = (
    text("region", "P-code of the région, today's division; null abroad.", "region_pcode"),
    text("cercle", "P-code of the cercle.", "cercle_pcode"),
)
_PROCESS, _SESSION = Through(PROCESSES, "uid"), Through(SESSIONS, "uid")
_ORGANISATION = Through(ORGANISATIONS, "slug")
_SMALL = "Counts from 1 to 4 are null for those who were not in the room."

SESSION_RESOURCE = Resource(
    name="sessions",
    policy=SESSIONS,
    table=SESSION,
    published=(
        typed("id", UUIDField, "Number of the session.", "uid"),
        pointed("process", UUIDField, "Number of its process.", "process_id", _PROCESS),
        typed("number", IntegerField, "Number in the process."),
        text("kind", "dialogue, focus_group, interview, screening, committee, workshop, conference or mediation."),
        text("state", "planned, held or cancelled."),
        text("title", "Title."),
        typed("held_on", DateField, "Day."),
        typed("starts_at", TimeField, "From, local time."),
        typed("ends_at", TimeField, "Until, local time."),
        text("country", "ISO 3166-1 code; ZZ for another country."),
        *_PLACE,
        text("commune", "P-code of the commune.", "commune_pcode"),
        text("place", "Place in words.", "place_text"),
        listed("spoken", "Codes of languages spoken."),
        listed("interpreted", "Codes of languages interpreted into."),
        pointed("led_by", CharField, "Address of the organisation that held it.", "led_by_id", _ORGANISATION),
        typed("participants", IntegerField, "Attendances: whoever comes to two sessions is counted in each.", "people"),
        typed("spectators", IntegerField, "Who watched a film. Never part of participants."),
        typed("women", IntegerField, f"Women among the participants. {_SMALL}"),
        typed("men", IntegerField, f"Men among the participants. {_SMALL}"),
        typed("youth", IntegerField, f"Participants of 15 to 35 years. {_SMALL}"),
        typed("age_known", IntegerField, f"Of how many the age is known. {_SMALL}", "aged"),
        listed("invited", "Codes of groups that were invited."),
        listed("absent", "Codes of invited groups that did not come."),
        text("agenda", "Agenda; for those who were there."),
        text("minutes", "Minutes; for those who hold it, and coordinators."),
        text("tlp", "Traffic Light Protocol 2.0: clear, green, amber, amber_strict or red."),
        typed("version", IntegerField, "How often it was written down; for those who may write in it."),
        typed("updated_at", DateTimeField, "Last change."),
    ),
    order=Order(("held_on", "id")),
    filters=SessionFilters,
    joined=("region", "cercle", "commune"),
    key="uid",
)

PROCESS_RESOURCE = Resource(
    name="processes",
    policy=PROCESSES,
    table=PROCESS,
    published=(
        typed("id", UUIDField, "Number of the process.", "uid"),
        text("title", "Title."),
        text("purpose", "What it is for."),
        text("kind", "research, justice, committee, exchange, mediation, reintegration or other."),
        text("level", "national, regional, communal or village."),
        text("track", "1, 2 or 3."),
        text("state", "planned, running, followed, ended or stopped."),
        typed("starts_on", DateField, "First day."),
        typed("ends_on", DateField, "Last day."),
        *_PLACE,
        text("tlp", "Traffic Light Protocol 2.0."),
        typed("updated_at", DateTimeField, "Last change."),
    ),
    order=Order(("id",)),
    filters=ProcessFilters,
    joined=("region", "cercle", "commune"),
    key="uid",
)

COMMITMENT_RESOURCE = Resource(
    name="commitments",
    policy=COMMITMENTS,
    table=COMMITMENT,
    published=(
        typed("id", UUIDField, "Number of the commitment.", "uid"),
        text("what", "What was promised."),
        text("owner_kind", "Who promised: organisation, actor or person. A person is never named."),
        pointed(
            "organisation", CharField, "Address of the organisation that promised.", "organisation_id", _ORGANISATION
        ),
        pointed("session", UUIDField, "Number of the session where it was promised.", "session_id", _SESSION),
        pointed("process", UUIDField, "Number of its process.", "process_id", _PROCESS),
        typed("promised_on", DateField, "Day of the promise."),
        typed("due_on", DateField, "By when; null where no day was said."),
        text("state", "promised, begun, kept, broken or overtaken."),
        text("evidence", "By what one sees it, for those who were there."),
        *_PLACE,
        typed("is_public", BooleanField, "Whether it was agreed that everybody may know it."),
        text("tlp", "Traffic Light Protocol 2.0."),
        typed("updated_at", DateTimeField, "Last change."),
    ),
    order=Order(("order_on", "id"), descending=False),
    filters=CommitmentFilters,
    joined=("region", "cercle", "commune"),
    key="uid",
)

_COMMUNE = text("commune", "P-code of the commune.", "commune_pcode")

AGREEMENT_RESOURCE = Resource(
    name="agreements",
    policy=AGREEMENTS,
    table=AGREEMENT,
    published=(
        typed("id", UUIDField, "Number of the agreement.", "uid"),
        text("title", "Title."),
        text("kind", "national, regional or local."),
        typed("signed_on", DateField, "Day it was signed."),
        text("signed_at", "Where it was signed, in words.", "place_text"),
        listed("parties", "Who signed it."),
        text("source", "Where its text comes from."),
        typed("ended_on", DateField, "Day it ended; null while it stands."),
        text("ended_how", "How it ended."),
        *_PLACE,
        _COMMUNE,
        text("tlp", "Traffic Light Protocol 2.0: clear, green, amber or amber_strict."),
        typed("demonstration", BooleanField, "Whether it is made up.", "is_demo"),
    ),
    order=Order(("signed_on", "id")),
    filters=AgreementFilters,
    joined=("region", "cercle", "commune"),
    key="uid",
)

COMMITTEE_RESOURCE = Resource(
    name="committees",
    policy=COMMITTEES,
    table=COMMITTEE,
    published=(
        typed("id", UUIDField, "Number of the committee.", "uid"),
        text("name", "Name."),
        text("kind", "ccls, ccs, steering or other."),
        text("state", "active, resting or ended."),
        typed("created_on", DateField, "Day it was created."),
        typed("meets_every", IntegerField, "Months from one meeting to the next."),
        *_PLACE,
        _COMMUNE,
        text("tlp", "Traffic Light Protocol 2.0: clear, green, amber or amber_strict."),
        typed("demonstration", BooleanField, "Whether it is made up.", "is_demo"),
    ),
    order=Order(("name", "id"), descending=False),
    filters=CommitteeFilters,
    joined=("region", "cercle", "commune"),
    key="uid",
)
