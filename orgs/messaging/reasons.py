"""Why a message was not sent, failed, or waits: short codes in the database, words on pages."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

NO_WORDS = "no_words"
NO_ADDRESS = "no_address"
BAD_ADDRESS = "bad_address"
INACTIVE = "inactive"
NO_LONGER_ALLOWED = "no_longer_allowed"
CANCELLED = "cancelled"
EXPIRED = "expired"
UNREADABLE = "unreadable"
NOT_SET_UP = "not_set_up"
REFUSED = "refused"
UNKNOWN_ADDRESS = "unknown_address"
BLOCKED = "blocked"
CONTENT_REFUSED = "content_refused"
BUSY = "busy"
NO_CONNECTION = "no_connection"
NO_ANSWER = "no_answer"
NOT_DELIVERED = "not_delivered"
WORKER_LOST = "worker_lost"
NO_CREDIT = "no_credit"
RESTING = "resting"
NOT_OUTSIDE = "not_outside"

WORDS: dict[str, Promise] = {
    NO_WORDS: _("There was nothing to send."),
    NO_ADDRESS: _("The person has no address for this channel."),
    BAD_ADDRESS: _("The address cannot be right."),
    INACTIVE: _("The person’s account is closed."),
    NO_LONGER_ALLOWED: _("The person may no longer be told this."),
    CANCELLED: _("It was called off before it was sent."),
    EXPIRED: _("It could not be sent in time."),
    UNREADABLE: _("The stored message cannot be opened: its key is missing."),
    NOT_SET_UP: _("This channel is not set up here."),
    REFUSED: _("The other side refused it."),
    UNKNOWN_ADDRESS: _("There is nobody at this address."),
    BLOCKED: _("This number does not accept our messages."),
    CONTENT_REFUSED: _("The other side refused the content."),
    BUSY: _("The other side asked us to try again later."),
    NO_CONNECTION: _("The server could not be reached."),
    NO_ANSWER: _("The server did not answer: it may have sent the message or not."),
    NOT_DELIVERED: _("The network could not deliver it."),
    WORKER_LOST: _("Sending was interrupted: it may have been sent or not."),
    RESTING: _("This address failed again and again: it is left alone for a while."),
    NOT_OUTSIDE: _("The address leads into a network where we may not send."),
    NO_CREDIT: _("The account at the gateway has no credit."),
}


def words(code: str) -> Promise | str:
    """The reason in words; the code itself when it is not one of ours; empty for none."""
    return WORDS.get(code, code)
