"""Who is told: the lines of an alert as one set of people, and everything written for them by three statements.

Each line narrows down ``access.people_who_may_be_told``; a person in several lines is told once, in the audience that
comes first in ``ORDER``. A hundred recipients or a hundred thousand cost the same number of statements.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Now

from incidents.access import AUDIENCE_ROLES, accused_of, may_have_rendition, people_who_may_be_told
from incidents.models import Alert, AlertAudience, Audience, Incident
from incidents.services import ways
from orgs.models import SENDING, Level, Membership, User

ORDER = (Audience.LIAISON, Audience.ORGANISATION, Audience.OVERSIGHT, Audience.NETWORK)
"""In which audience a person in several of them is told."""

FIRST_STEP = 1
PURPOSE = "alert"
CANCEL = "cancel"
PRIORITIES = {"extreme": 1, "severe": 2, "moderate": 4}
USUAL_PRIORITY = 5

_CHANNEL = ways.FIRST

# Five digits from the database's strong random source (gen_random_uuid), never starting with 0.
_CODE = "(10000 + ('x' || substr(md5(gen_random_uuid()::text), 1, 7))::bit(28)::int %% 90000)::text"

_CHOSEN = """
    SELECT DISTINCT ON (person_id) person_id, organisation_id, audience
      FROM ({lines}) AS line (person_id, organisation_id, audience, place, line_id)
     ORDER BY person_id, place, line_id, organisation_id NULLS LAST"""

_DELIVERIES = f"""
    INSERT INTO incidents_delivery
           (alert_id, rendition_id, recipient_id, organisation_id, step, channel, tlp, code, answer)
    SELECT %s, rendition.id, person.id, chosen.organisation_id, %s, {_CHANNEL}, %s, {_CODE}, ''
      FROM ({{chosen}}) AS chosen
      JOIN orgs_user AS person ON person.id = chosen.person_id
      JOIN incidents_rendition AS rendition
        ON rendition.alert_id = %s AND rendition.audience = chosen.audience AND rendition.language = person.language
        ON CONFLICT (alert_id, recipient_id, step) DO NOTHING"""  # noqa: S608 (our own words only)

# Each message gets its number before it is written, so that nothing has to be joined again to tie it to its delivery.
_MESSAGES = """
    WITH wanted AS MATERIALIZED (
        SELECT delivery.id AS delivery_id, way.channel, delivery.recipient_id, rendition.language,
               nextval(pg_get_serial_sequence('orgs_message', 'id')) AS message_id
          FROM incidents_delivery AS delivery
          JOIN incidents_rendition AS rendition ON rendition.id = delivery.rendition_id
         CROSS JOIN LATERAL ({ways}) AS way (channel)
         WHERE delivery.alert_id = %(alert)s AND way.channel = ANY(%(sending)s) {which}
    ), posted AS (
        INSERT INTO orgs_message (id, key, purpose, channel, recipient_id, language, priority, state, reason, attempts,
                                  maybe_double, gateway_id)
        SELECT message_id, gen_random_uuid(), %(purpose)s, channel, recipient_id, language, %(priority)s, 'pending',
               '', 0, false, ''
          FROM wanted)
    INSERT INTO incidents_carriage (delivery_id, message_id) SELECT delivery_id, message_id FROM wanted"""

_OF_THE_STEP = "AND delivery.step = %(step)s AND delivery.hold = ''"

_FIRST_WAY = "SELECT delivery.channel"

# Every way by which somebody got it, or may have got it: the first and those that were taken when it led nowhere.
_WAYS_IT_WENT = """
    SELECT DISTINCT message.channel
      FROM incidents_carriage AS carriage JOIN orgs_message AS message ON message.id = carriage.message_id
     WHERE carriage.delivery_id = delivery.id AND message.purpose = 'alert'
       AND (message.state IN ('sending', 'sent', 'delivered') OR message.maybe_double)"""

_CALL_OFF = """
    UPDATE orgs_message AS message SET state = 'skipped', reason = 'cancelled', final_at = now()
      FROM incidents_carriage AS carriage JOIN incidents_delivery AS delivery ON delivery.id = carriage.delivery_id
     WHERE carriage.message_id = message.id AND delivery.alert_id = %(alert)s
       AND message.purpose = 'alert' AND message.state = 'pending'"""


@dataclass(frozen=True)
class Count:
    """How many people are told in one audience by one channel, in one language."""

    audience: str
    channel: str
    language: str
    people: int


def write_deliveries(
    alert: Alert, incident: Incident, lines: Sequence[AlertAudience], *, step: int = FIRST_STEP
) -> int:
    """Write one delivery for each person chosen; returns how many. The renditions must be there.

    ``step`` is that of the ladder: a person told in an earlier one may be told again in a later one.
    """
    chosen = _chosen(incident, lines)
    if chosen is None:
        return 0
    words, parameters = chosen
    statement = _DELIVERIES.format(chosen=words)
    return _execute(statement, [alert.pk, step, alert.tlp, *parameters, alert.pk])


def write_messages(alert: Alert, *, step: int = FIRST_STEP) -> int:
    """Write the first message of every delivery of a step that is sent at once; returns how many."""
    words = _MESSAGES.format(ways=_FIRST_WAY, which=_OF_THE_STEP)
    return _execute(words, {**_for_messages(alert, PURPOSE), "step": step})


def call_off(alert: Alert) -> int:
    """Keep back what was not sent yet, and post a cancellation to those who had it, by the same channels."""
    _execute(_CALL_OFF, {"alert": alert.pk})
    return _execute(_MESSAGES.format(ways=_WAYS_IT_WENT, which=""), _for_messages(alert, CANCEL))


def _for_messages(alert: Alert, purpose: str) -> dict[str, Any]:
    priority = PRIORITIES.get(alert.severity, USUAL_PRIORITY)
    return {"alert": alert.pk, "purpose": purpose, "priority": priority, "sending": [str(way) for way in SENDING]}


def counts(incident: Incident, lines: Sequence[AlertAudience]) -> list[Count]:
    """How many people the lines reach together, by audience, channel and language, each person once."""
    chosen = _chosen(incident, lines)
    if chosen is None:
        return []
    words, parameters = chosen
    statement = f"""
        SELECT chosen.audience, {_CHANNEL} AS channel, person.language, count(*)
          FROM ({words}) AS chosen JOIN orgs_user AS person ON person.id = chosen.person_id
         GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"""  # noqa: S608 (our own words only)
    return [Count(*row) for row in _rows(statement, parameters)]


def counts_by_line(incident: Incident, lines: Sequence[AlertAudience]) -> dict[int, int]:
    """How many people each line reaches by itself."""
    united = _lines(incident, lines)
    if united is None:
        return {}
    words, parameters = united
    statement = f"""
        SELECT line_id, count(DISTINCT person_id)
          FROM ({words}) AS line (person_id, organisation_id, audience, place, line_id) GROUP BY line_id"""  # noqa: S608
    return {int(line): int(people) for line, people in _rows(statement, parameters)}


def closed_accounts(incident: Incident, lines: Sequence[AlertAudience]) -> int:
    """How many people the lines would reach if their account were not closed; never those of the accused."""
    conditions = [
        _line_condition(line)
        for line in lines
        if line.audience in ORDER and may_have_rendition(incident, line.audience)
    ]
    if not conditions:
        return 0
    lasting = Q(ends_at__isnull=True) | Q(ends_at__gt=Now())
    named = Membership.objects.filter(lasting, reduce(or_, conditions), person__is_active=False)
    closed = User.objects.filter(pk__in=named.values("person"), is_active=False)
    return int(closed.exclude(accused_of(incident.pk, closed_too=True)).count())


def _chosen(incident: Incident, lines: Sequence[AlertAudience]) -> tuple[str, Sequence[Any]] | None:
    united = _lines(incident, lines)
    return None if united is None else (_CHOSEN.format(lines=united[0]), united[1])


def _lines(incident: Incident, lines: Sequence[AlertAudience]) -> tuple[str, Sequence[Any]] | None:
    """All lines as one SQL text, or ``None`` where there is nothing to choose from."""
    parts: list[str] = []
    parameters: list[Any] = []
    for line in lines:
        if line.audience not in ORDER or not may_have_rendition(incident, line.audience):
            continue
        try:
            words, given = _line_rows(incident, line).query.sql_with_params()
        except EmptyResultSet:  # nobody may be told in this audience
            continue
        parts.append(f"({words})")
        parameters.extend(given)
    return (" UNION ALL ".join(parts), parameters) if parts else None


def _line_rows(incident: Incident, line: AlertAudience) -> QuerySet[Membership, Any]:
    may_be_told = people_who_may_be_told(incident, tlp=incident.tlp, audience=line.audience)
    posts = Membership.objects.current().filter(_line_condition(line), person__in=may_be_told.values("pk"))
    return (
        posts.order_by()
        .annotate(
            audience=Value(str(line.audience)), place=Value(ORDER.index(Audience(line.audience))), line=Value(line.pk)
        )
        .values_list("person_id", F("organisation_id"), "audience", "place", "line")
    )


def _line_condition(line: AlertAudience) -> Q:
    """The posts that a line means."""
    roles = [str(role) for role in AUDIENCE_ROLES[line.audience]]
    condition = Q(role__in=[role for role in roles if line.role in ("", role)])
    if line.organisation_id:
        condition &= Q(organisation=line.organisation_id)
    if line.kind:
        condition &= Q(organisation__kind=line.kind)
    if line.person_id:
        condition &= Q(person=line.person_id)
    if line.area is not None and line.area.level != Level.COUNTRY:
        condition &= Q(pk__in=_posts_touching(line.area))
    return condition


def _posts_touching(area: Any) -> QuerySet[Any, Any]:
    """Posts whose areas lie in an area, hold it, or are the whole country."""
    above = [pk for pk in area.ancestry_ids if pk is not None]
    within = Q(**{f"area__{area.level}": area.pk}) if area.level in ("region", "cercle", "commune") else Q(area=area.pk)
    links = Membership.areas.through._default_manager.filter(within | Q(area__in=above) | Q(area__level=Level.COUNTRY))
    return links.values("membership")


def _execute(statement: str, parameters: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return int(cursor.rowcount)


def _rows(statement: str, parameters: Iterable[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, list(parameters))
        return list(cursor.fetchall())
