"""What those who run an installation ask it: does it live, can it work, how much waits. Never any content."""

import hmac

from celery import current_app
from django.conf import settings
from django.db import Error, connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

_WAITING = """
    SELECT coalesce(extract(epoch FROM statement_timestamp() - min(next_attempt_at)), 0)::float8
      FROM orgs_message WHERE state = 'pending' AND next_attempt_at <= statement_timestamp()"""
_COUNTS = "SELECT channel, state, count(*) FROM orgs_message GROUP BY channel, state ORDER BY channel, state"
# Given up after so many attempts, beside those whose turn has come: an operator must look at the first.
_UNREAD = """
    SELECT count(*) FILTER (WHERE attempts < 5 AND due_at <= statement_timestamp()),
           count(*) FILTER (WHERE attempts >= 5)
      FROM orgs_receivedsms WHERE handled_by = ''"""
_WAYS_OUT = "SELECT channel, gateway, state <> 'closed', troubles FROM orgs_wayout ORDER BY channel, gateway"
_DOUBLES = "SELECT count(*) FROM orgs_message WHERE maybe_double"


@require_safe
@never_cache
def live(request: HttpRequest) -> HttpResponse:
    """Say that this process answers; asks nobody else."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """Say whether the parts work. 503 without database; without broker pages work and messages wait (``degraded``)."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(_WAITING)
            waiting: float | None = round(cursor.fetchone()[0], 1)
    except Error:
        connection.close()
        waiting = None
    broker = _broker_answers()
    state = "down" if waiting is None else "ok" if broker else "degraded"
    parts = {
        "state": state,
        "database": waiting is not None,
        "broker": broker,
        "oldest_message_waits_seconds": waiting,
    }
    return JsonResponse(parts, status=503 if waiting is None else 200)


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Counts of messages as Prometheus reads them: from this machine, or with ``METRICS_TOKEN`` as bearer token."""
    if not _may_measure(request):
        raise Http404
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS)
        counts = cursor.fetchall()
        cursor.execute(_WAITING)
        waiting = cursor.fetchone()[0]
        cursor.execute(_DOUBLES)
        doubles = cursor.fetchone()[0]
        cursor.execute(_UNREAD)
        due, given_up = cursor.fetchone()
        cursor.execute(_WAYS_OUT)
        ways = [(f'channel="{channel}",gateway="{name}"', *rest) for channel, name, *rest in cursor.fetchall()]
    lines = [
        "# TYPE passerelle_messages gauge",
        *(f'passerelle_messages{{channel="{channel}",state="{state}"}} {count}' for channel, state, count in counts),
        "# TYPE passerelle_messages_maybe_double gauge",
        f"passerelle_messages_maybe_double {doubles}",
        "# TYPE passerelle_oldest_message_waits_seconds gauge",
        f"passerelle_oldest_message_waits_seconds {waiting:.1f}",
        "# TYPE passerelle_way_out_in_trouble gauge",
        *(f"passerelle_way_out_in_trouble{{{labels}}} {int(is_open)}" for labels, is_open, _troubles in ways),
        "# TYPE passerelle_way_out_troubles gauge",
        *(f"passerelle_way_out_troubles{{{labels}}} {troubles}" for labels, _is_open, troubles in ways),
        "# TYPE passerelle_sms_unread gauge",
        f'passerelle_sms_unread{{state="due"}} {due}',
        f'passerelle_sms_unread{{state="given_up"}} {given_up}',
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; version=0.0.4")


def _may_measure(request: HttpRequest) -> bool:
    given = request.headers.get("Authorization", "").removeprefix("Bearer ").encode()
    if settings.METRICS_TOKEN and hmac.compare_digest(given, settings.METRICS_TOKEN.encode()):
        return True
    # Behind a proxy every call comes from this machine.
    through_proxy = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    return request.META.get("REMOTE_ADDR") in ("127.0.0.1", "::1") and not through_proxy


def _broker_answers() -> bool:
    try:
        with current_app.connection_for_write() as link:
            link.ensure_connection(max_retries=1, interval_start=0, timeout=1)
    except Exception:
        return False
    return True
