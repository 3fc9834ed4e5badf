"""The question to a contact at the moment of sending, and the answer that comes by SMS."""

import re
from collections.abc import Sequence

from cryptography.fernet import InvalidToken
from django.utils import translation
from django.utils.translation import gettext as _

from orgs.crypto import unseal
from orgs.messaging import purposes, reasons
from orgs.messaging.inbound import IncomingSms
from orgs.messaging.purposes import Envelope, Outgoing, Skip
from orgs.models import Confirmation, OrganisationState
from orgs.services import confirmations
from orgs.services.errors import NotAllowed

_YES = re.compile(rf"\s*(?:oui|yes|ok)\W*\s(\d{{{confirmations.CODE_DIGITS}}})\W*", re.IGNORECASE)


class Question:
    """Asks once more whether the contact still stands, may still be written to, and the entry still waits."""

    def compose(self, messages: Sequence[Outgoing]) -> dict[int, Envelope | Skip]:
        """Two queries at most, whatever the number."""
        asked = Confirmation.objects.select_related("contact", "organisation").in_bulk(
            [message.pk for message in messages], field_name="message_id"
        )
        return {message.pk: _envelope(message, asked.get(message.pk)) for message in messages}


def _envelope(message: Outgoing, asked: Confirmation | None) -> Envelope | Skip:
    if asked is None or message.sealed is None:
        return Skip(reasons.NO_WORDS)
    organisation = asked.organisation
    gone = organisation.merged_into_id is not None or organisation.state == OrganisationState.RETIRED
    if asked.answer or gone or organisation.hidden_at is not None:
        return Skip(reasons.CANCELLED)
    address = confirmations.address_for(asked.contact, message.channel)
    if not address:
        return Skip(reasons.NO_LONGER_ALLOWED)
    try:
        words = unseal(message.sealed)
    except InvalidToken:
        return Skip(reasons.UNREADABLE)
    if words.get("address") != address:
        # A number that was changed since: the link was meant for whoever had the old one.
        return Skip(reasons.CANCELLED)
    return Envelope(address=address, subject=words.get("subject", ""), text=words.get("text", ""))


def confirm_by_sms(sms: IncomingSms) -> str | None:
    """Take "OUI 123456" from the phone that was asked; anything else is somebody else's to read."""
    read = _YES.fullmatch(sms.text)
    if read is None:
        return None
    try:
        answered = confirmations.answer_code(sender=sms.sender, code=read[1])
    except NotAllowed:
        answered = None
    if answered is None:
        return None
    with translation.override(answered.contact.language):
        return _("Thank you. Noted.")


def register() -> None:
    """Give the outbox the words of questions."""
    purposes.register(confirmations.PURPOSE, Question())
