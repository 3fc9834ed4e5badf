"""Many reports at once: some are asked to wait a few seconds. Nobody is refused, nobody is identified, nothing is lost.

Each address has a bucket, wide enough for a whole mobile network behind one address; all together have another
(``buckets``). With an empty bucket the form comes back filled in (the offline page keeps its own), with a ticket for
this one form: a few seconds later it opens the way, whatever the buckets hold then, in whichever process.
"""

import math
import time

from cryptography.fernet import InvalidToken
from django.http import HttpRequest

from incidents.views.buckets import HOUR, Bucket, Buckets
from incidents.views.throttle import address_of
from orgs.crypto import seal, unseal

WAIT_SECONDS = 5
TICKET_LIVES = 24 * HOUR
"""A phone may find the network again the next day only."""
BUCKETS = Buckets(Bucket(size=60, a_second=0.5), Bucket(size=600, a_second=10))


def must_wait(request: HttpRequest, form_id: str, ticket: str) -> int:
    """How many seconds this form should wait before it is sent again; 0: go on.

    ``form_id`` is the form's own number. A ticket lets through the one form that it was made for.
    """
    waited = _waited(ticket, form_id)
    if waited is not None and waited >= WAIT_SECONDS - 1:
        return 0
    if BUCKETS.take(address_of(request)):
        return 0
    return math.ceil(WAIT_SECONDS - (waited or 0))


def ticket_for(form_id: str, earlier: str = "") -> str:
    """A sealed note of which form waits since when; the ``earlier`` one of the same form, which has begun to count."""
    if _waited(earlier, form_id) is not None:
        return earlier
    return seal({"form": form_id, "at": time.time()}).decode()


def _waited(ticket: str, form_id: str) -> float | None:
    """For how many seconds a form has waited; ``None`` without a ticket that is good for it."""
    if not ticket or not form_id:
        return None
    try:
        noted = unseal(ticket.encode())
        waited = time.time() - float(noted["at"])
    except (InvalidToken, ValueError, KeyError, TypeError):
        return None
    return waited if noted.get("form") == form_id and 0 <= waited < TICKET_LIVES else None
