"""Account letters and short messages: their words, and their way out through the outbox.

A letter is a template ``email/account/NAME.txt`` whose first line is the subject; a short message is
``sms/account/NAME.txt``. Both are written in the reader's language.
"""

from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from orgs.messaging import outbox
from orgs.models import Channel, Message, User

PURPOSE = "account"
BEFORE_ALERTS = 1


def write(name: str, *, person: User, channel: str, address: str, **words: Any) -> Message:
    """Write a letter or a short message to ``address`` of a person; it leaves when the transaction commits.

    The address is named, not looked up when sent: it may be one that the person has not proved yet.
    """
    folder = "sms" if channel == Channel.SMS else "email"
    context = {"person": person, "site_name": settings.SITE_NAME, "site_url": settings.SITE_URL, **words}
    with translation.override(person.language):
        text = render_to_string(f"{folder}/account/{name}.txt", context).strip()
    subject = ""
    if channel != Channel.SMS:
        subject, _, text = text.partition("\n")
    return outbox.post(
        purpose=PURPOSE,
        channel=channel,
        recipient=None if not person.is_active else person,
        address=address,
        subject=subject.strip(),
        text=text.strip() + ("" if channel == Channel.SMS else "\n"),
        language=person.language,
        priority=BEFORE_ALERTS,
    )


def write_to_proved_address(name: str, *, person: User, **words: Any) -> Message | None:
    """Write to the person's e-mail address, else to their proved phone; ``None`` when they have neither."""
    if person.email:
        return write(name, person=person, channel=Channel.EMAIL, address=person.email, **words)
    if person.phone and person.phone_verified_at:
        return write(name, person=person, channel=Channel.SMS, address=person.phone, **words)
    return None


def link(view: str, *args: Any) -> str:
    """The full address of a page, for letters."""
    return f"{settings.SITE_URL}{reverse(view, args=args)}"
