"""Who is told: the lines of an alert as one set of people, and everything written for them by three statements.

Each line narrows down ``access.people_who_may_be_told``; a person in several lines is told once, in the audience that
comes first in ``ORDER``. A hundred recipients or a hundred thousand cost the same number of statements.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import F, Q, QuerySet, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Now
from django.utils import timezone

from incidents.access import AUDIENCE_ROLES, accused_of, may_have_rendition, people_who_may_be_told
from incidents.models import Alert, AlertAudience, Audience, Incident, Who
from incidents.services import duty, holds, ways, wishes
from orgs.models import SENDING, Level, Membership, User

ORDER = (Audience.LIAISON, Audience.ORGANISATION, Audience.OVERSIGHT, Audience.NETWORK)
"""In which audience a person in several of them is told."""

FIRST_STEP = 1
PURPOSE = "alert"
CANCEL = "cancel"
DIGEST, JOINED = "digest", "joined"
CARRIERS = (PURPOSE, DIGEST, JOINED)
"""Purposes of the messages that carry alerts: one alone, several in a digest, several that were held otherwise."""
DRILL_OVER = "exercise_over"
PRIORITIES = {"extreme": 1, "severe": 2, "moderate": 4}
USUAL_PRIORITY = 5

_CHANNEL = ways.FIRST

# Five digits from the database's strong random source (gen_random_uuid), never starting with 0.
_CODE = "(10000 + ('x' || substr(md5(gen_random_uuid()::text), 1, 7))::bit(28)::int %% 90000)::text"

_CHOSEN = """
    SELECT DISTINCT ON (person_id) person_id, organisation_id, audience, line_id
      FROM ({lines}) AS line (person_id, organisation_id, audience, place, line_id)
     ORDER BY person_id, place, line_id, organisation_id NULLS LAST"""

_DELIVERIES = f"""
    INSERT INTO incidents_delivery
           (alert_id, rendition_id, recipient_id, organisation_id, step, channel, tlp, code, answer,
            line_id, subscription_id, roster_id)
    SELECT %s, rendition.id, person.id, chosen.organisation_id, %s, {_CHANNEL}, %s, {_CODE}, '',
           NULLIF(chosen.line_id, 0), wished.subscription_id, duty.roster_id
      FROM ({{chosen}}) AS chosen
      LEFT JOIN ({{wished}}) AS wished ON wished.person_id = chosen.person_id
      LEFT JOIN ({{duty}}) AS duty ON duty.person_id = chosen.person_id
      JOIN orgs_user AS person ON person.id = chosen.person_id
      JOIN incidents_rendition AS rendition
        ON rendition.alert_id = %s AND rendition.audience = chosen.audience AND rendition.language = person.language
        {{besides}}
        ON CONFLICT (alert_id, recipient_id, step) DO NOTHING"""  # noqa: S608 (our own words only)

# Whoever was told in an earlier step is not told again: it would read as a new alarm.
_NOT_TOLD_YET = """WHERE NOT EXISTS (
    SELECT 1 FROM incidents_delivery AS earlier WHERE earlier.alert_id = %s AND earlier.recipient_id = person.id)"""

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

# Whoever got it, or may have got it; each once, however many steps told them.
_WHO_HAD_IT = """
    AND delivery.id IN (
        SELECT DISTINCT ON (told.recipient_id) told.id
          FROM incidents_delivery AS told
          JOIN incidents_carriage AS carriage ON carriage.delivery_id = told.id
          JOIN orgs_message AS message ON message.id = carriage.message_id
         WHERE told.alert_id = %(alert)s AND message.purpose IN ('alert', 'digest', 'joined')
           AND (message.state IN ('sending', 'sent', 'delivered') OR message.maybe_double)
         ORDER BY told.recipient_id, told.step DESC)"""

_FIRST_WAY = "SELECT delivery.channel"

# Every way by which somebody got it, or may have got it: the first and those that were taken when it led nowhere.
_WAYS_IT_WENT = """
    SELECT DISTINCT message.channel
      FROM incidents_carriage AS carriage JOIN orgs_message AS message ON message.id = carriage.message_id
     WHERE carriage.delivery_id = delivery.id AND message.purpose IN ('alert', 'digest', 'joined')
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
    alert: Alert,
    incident: Incident,
    lines: Sequence[AlertAudience],
    *,
    step: int = FIRST_STEP,
    at: datetime | None = None,
) -> int:
    """Write one delivery for each person chosen; returns how many. The renditions must be there.

    ``step`` is that of the ladder: a person told in an earlier one is left out. Of the first step, what is to wait is
    held. ``at`` is the moment at which hours and rosters are read (now).
    """
    at = at or timezone.now()
    chosen = _chosen(incident, lines, at)
    if chosen is None:
        return 0
    words, parameters = chosen
    wished, wishing = wishes.subscribers(incident, at)
    on_duty, serving = duty.on_duty(incident, at)
    later = step > FIRST_STEP
    statement = _DELIVERIES.format(chosen=words, wished=wished, duty=on_duty, besides=_NOT_TOLD_YET if later else "")
    given = [alert.pk, step, alert.tlp, *parameters, *wishing, *serving, alert.pk, *([alert.pk] if later else [])]
    written = _execute(statement, given)
    if not later:
        holds.put(alert, step=step, at=at)
    return written


def write_messages(alert: Alert, *, step: int = FIRST_STEP) -> int:
    """Write the first message of every delivery of a step that is sent at once; returns how many."""
    words = _MESSAGES.format(ways=_FIRST_WAY, which=_OF_THE_STEP)
    return _execute(words, {**_for_messages(alert, PURPOSE), "step": step})


def call_off(alert: Alert, *, told: bool = True, which: str = "", **given: Any) -> int:
    """Keep back what was not sent yet, and if ``told`` say so to those who had it, by the same channels.

    ``which`` narrows them down: SQL on ``delivery`` with its parameters.
    """
    holds.let_go(alert)
    _execute(_CALL_OFF, {"alert": alert.pk})
    if not told:
        return 0
    purpose = CANCEL if alert.exercise_id is None else DRILL_OVER
    words = _MESSAGES.format(ways=_WAYS_IT_WENT, which=_WHO_HAD_IT + which)
    return _execute(words, {**_for_messages(alert, purpose), **given})


def _for_messages(alert: Alert, purpose: str) -> dict[str, Any]:
    priority = PRIORITIES.get(alert.severity, USUAL_PRIORITY)
    return {"alert": alert.pk, "purpose": purpose, "priority": priority, "sending": [str(way) for way in SENDING]}


def counts(incident: Incident, lines: Sequence[AlertAudience], *, at: datetime | None = None) -> list[Count]:
    """How many people the lines reach together, by audience, channel and language, each person once."""
    chosen = _chosen(incident, lines, at or timezone.now())
    if chosen is None:
        return []
    words, parameters = chosen
    statement = f"""
        SELECT chosen.audience, {_CHANNEL} AS channel, person.language, count(*)
          FROM ({words}) AS chosen JOIN orgs_user AS person ON person.id = chosen.person_id
         GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"""  # noqa: S608 (our own words only)
    return [Count(*row) for row in _rows(statement, parameters)]


def counts_by_line(incident: Incident, lines: Sequence[AlertAudience], *, at: datetime | None = None) -> dict[int, int]:
    """How many people each line reaches by itself."""
    united = _lines(incident, lines, at or timezone.now())
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
        if line.audience in ORDER and line.who == Who.ALL and may_have_rendition(incident, line.audience)
    ]
    if not conditions:
        return 0
    lasting = Q(ends_at__isnull=True) | Q(ends_at__gt=Now())
    named = Membership.objects.filter(lasting, reduce(or_, conditions), person__is_active=False)
    closed = User.objects.filter(pk__in=named.values("person"), is_active=False)
    return int(closed.exclude(accused_of(incident.pk, closed_too=True)).count())


def _chosen(incident: Incident, lines: Sequence[AlertAudience], at: datetime) -> tuple[str, Sequence[Any]] | None:
    united = _lines(incident, lines, at)
    return None if united is None else (_CHOSEN.format(lines=united[0]), united[1])


def _lines(incident: Incident, lines: Sequence[AlertAudience], at: datetime) -> tuple[str, Sequence[Any]] | None:
    """All lines as one SQL text, or ``None`` where there is nothing to choose from."""
    parts: list[str] = []
    parameters: list[Any] = []
    for line in lines:
        if line.audience not in ORDER or not may_have_rendition(incident, line.audience):
            continue
        try:
            words, given = _line_rows(incident, line, at).query.sql_with_params()
        except EmptyResultSet:  # nobody may be told in this audience
            continue
        parts.append(f"({words})")
        parameters.extend(given)
    return (" UNION ALL ".join(parts), parameters) if parts else None


def _line_rows(incident: Incident, line: AlertAudience, at: datetime) -> QuerySet[Membership, Any]:
    may_be_told = people_who_may_be_told(incident, tlp=incident.tlp, audience=line.audience)
    posts = Membership.objects.current().filter(_line_condition(line), person__in=may_be_told.values("pk"))
    if line.who != Who.ALL:
        words, given = (wishes.subscribers if line.who == Who.SUBSCRIBERS else duty.on_duty)(incident, at)
        posts = posts.filter(person__in=RawSQL(f"SELECT person_id FROM ({words}) AS meant", given))  # noqa: S608, S611
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
    condition &= getattr(line, "carried", Q())
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
