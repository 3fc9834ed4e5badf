"""What is remembered of a number that writes by SMS, under its keyed hash."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import connection
from django.db.models import Case, F, Value, When
from django.utils import timezone

from incidents.models import SmsSender
from orgs.models import Language

WRONG_CODES = 5
WRONG_WITHIN = timedelta(hours=1)

_SEEN = """
    INSERT INTO incidents_smssender AS known (sender_key, language, wants_news, wrong_codes)
    VALUES (%(key)s, COALESCE(NULLIF(%(said)s, ''), %(otherwise)s), true, 0)
    ON CONFLICT (sender_key) DO UPDATE
       SET last_at = statement_timestamp(), language = COALESCE(NULLIF(%(said)s, ''), known.language)
    RETURNING language, wants_news"""


@dataclass(frozen=True)
class Seen:
    """A number that wrote: the language it is answered in, and whether it wants news."""

    key: str
    language: str
    wants_news: bool


def see(*, key: str, said: str, otherwise: str) -> Seen:
    """Note that a number wrote. ``said`` is the language of its words; "" leaves the one before."""
    values = {"key": key, "said": said if said in Language.values else "", "otherwise": otherwise}
    with connection.cursor() as cursor:
        cursor.execute(_SEEN, values)
        language, wants_news = cursor.fetchone()
    return Seen(key, language, wants_news)


def want_news(*, key: str, wants: bool) -> None:
    """Note whether a number wants to hear what comes of its reports."""
    SmsSender.objects.filter(pk=key).update(wants_news=wants)


def may_try_codes(*, key: str) -> bool:
    """Whether a number has not tried too many wrong codes within the hour."""
    row = SmsSender.objects.filter(pk=key, wrong_since__gt=timezone.now() - WRONG_WITHIN).first()
    return row is None or row.wrong_codes < WRONG_CODES


def count_wrong_code(*, key: str) -> None:
    """Count a wrong code; an hour after the first of a row, counting starts anew."""
    now = timezone.now()
    is_same_row = When(wrong_since__gt=now - WRONG_WITHIN, then=F("wrong_codes") + 1)
    since = When(wrong_since__gt=now - WRONG_WITHIN, then=F("wrong_since"))
    SmsSender.objects.filter(pk=key, wrong_codes__lt=1000).update(
        wrong_codes=Case(is_same_row, default=Value(1)), wrong_since=Case(since, default=Value(now))
    )
