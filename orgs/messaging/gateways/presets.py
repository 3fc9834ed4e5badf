"""The gateways we know how to speak to.

``fields`` are what is sent, in the gateway's names; in braces stands what is put in: ``to`` (E.164), ``to_digits``
(without +), ``text``, ``key``, ``sender``, ``user``, ``password``, ``coding`` (Kannel's 0 or 2), ``receipt_url``. A
field whose only content is empty is left out. Sources: docs/messaging.md.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from orgs.messaging.gateways import kannel, replies
from orgs.messaging.gateways.callbacks import Names
from orgs.messaging.outcomes import Outcome

Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Preset:
    """How one kind of gateway is spoken to.

    ``encoding`` is query, form or json. ``auth`` is basic, bearer, none, or the name of a header that gets the
    password. ``path`` is used when the configured address has none. ``id_path`` leads to the gateway's number for
    the message in its answer.
    """

    name: str
    fields: Fields
    method: str = "POST"
    encoding: str = "form"
    auth: str = "basic"
    path: str = "/"
    id_path: str = ""
    read_reply: Callable[[int, Any, str], Outcome] = replies.by_status
    names: Names = field(default_factory=Names)
    signature: str = ""
    """How callbacks are signed: "", "timestamped" (HMAC-SHA256 of body and time) or "twilio"."""
    decode: Callable[[str], Mapping[str, str]] | None = None
    """Reads the bare query where a gateway writes more than one alphabet into it."""


PRESETS: dict[str, Preset] = {
    preset.name: preset
    for preset in (
        Preset(
            "generic",
            {"to": "{to}", "text": "{text}", "from": "{sender}", "id": "{key}", "receipt_url": "{receipt_url}"},
            encoding="json",
            id_path="id",
            signature="timestamped",
        ),
        Preset(
            "kannel",
            {
                "username": "{user}",
                "password": "{password}",
                "to": "{to}",
                "from": "{sender}",
                "text": "{text}",
                "charset": "UTF-8",
                "coding": "{coding}",
                "dlr-mask": "19",
                "dlr-url": "{receipt_url}&key={key}&status=%d",
            },
            method="GET",
            encoding="query",
            auth="none",
            path="/cgi-bin/sendsms",
            read_reply=replies.kannel,
            decode=kannel.decoded,
        ),
        Preset(
            "africastalking",
            {"username": "{user}", "to": "{to}", "message": "{text}", "from": "{sender}", "bulkSMSMode": "1"},
            auth="apiKey",
            path="/version1/messaging",
            id_path="SMSMessageData.Recipients.0.messageId",
            read_reply=replies.africastalking,
            names=Names(reference=("id",), sender=("from",), text=("text",), external_id=("id",), sent_at=("date",)),
        ),
        Preset(
            "twilio",
            {"To": "{to}", "From": "{sender}", "Body": "{text}", "StatusCallback": "{receipt_url}"},
            path="/2010-04-01/Accounts/{user}/Messages.json",
            id_path="sid",
            read_reply=replies.twilio,
            names=Names(
                reference=("MessageSid", "SmsSid"),
                state=("MessageStatus", "SmsStatus"),
                sender=("From",),
                text=("Body",),
                external_id=("MessageSid", "SmsSid"),
            ),
            signature="twilio",
        ),
        Preset(
            "android",
            {"id": "{key}", "textMessage": {"text": "{text}"}, "phoneNumbers": ["{to}"], "withDeliveryReport": True},
            encoding="json",
            path="/message",
            id_path="id",
            names=Names(
                reference=("payload.messageId",),
                state=("event",),
                sender=("payload.sender", "payload.phoneNumber"),
                text=("payload.message",),
                external_id=("payload.messageId", "id"),
                sent_at=("payload.receivedAt",),
                event=("event",),
            ),
            signature="timestamped",
        ),
    )
}
