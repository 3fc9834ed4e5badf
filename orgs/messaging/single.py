"""Single messages: address and words were sealed into the message when it was posted."""

from collections.abc import Sequence

from cryptography.fernet import InvalidToken

from orgs import crypto
from orgs.messaging import reasons
from orgs.messaging.purposes import Envelope, Outgoing, Skip, address_of
from orgs.models import WITH_ADDRESSES, User


class OwnWords:
    """Gives the words that a message carries itself. Every purpose that nobody registered is of this kind."""

    def compose(self, messages: Sequence[Outgoing]) -> dict[int, Envelope | Skip]:
        """Open the messages; people are looked up in one query."""
        ids = {message.recipient_id for message in messages if message.recipient_id is not None}
        people = User.objects.only("email", "phone", "is_active").in_bulk(ids) if ids else {}
        return {message.pk: _words(message, people.get(message.recipient_id or 0)) for message in messages}


OWN_WORDS = OwnWords()


def _words(message: Outgoing, person: User | None) -> Envelope | Skip:
    if message.sealed is None:
        return Skip(reasons.NO_WORDS)
    if person is not None and not person.is_active:
        return Skip(reasons.INACTIVE)
    try:
        words = crypto.unseal(message.sealed)
    except InvalidToken:
        return Skip(reasons.UNREADABLE)
    address = words.get("address") or (address_of(person, message.channel) if person else "")
    if not address and message.channel not in WITH_ADDRESSES:
        return Skip(reasons.NO_ADDRESS)
    return Envelope(
        address=address, subject=words.get("subject", ""), text=words.get("text", ""), html=words.get("html", "")
    )
