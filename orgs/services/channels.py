"""How a person is reached: the order of their ways, their devices, programs and notices, and messages to try them."""

import base64
import secrets
from collections.abc import Sequence
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from orgs import access, audit, crypto
from orgs.accounts import letters
from orgs.messaging import outbox, outside, vapid
from orgs.messaging.channels import notice, push
from orgs.messaging.channels.webhook import SECRET_PREFIX
from orgs.models import SENDING, WITH_ADDRESSES, Address, AddressEnd, Channel, Message, User
from orgs.policy import Viewer
from orgs.services.errors import NotAllowed

MOST = {Channel.PUSH: 10, Channel.WEBHOOK: 1, Channel.NOTICE: 3}
MOST_TESTS, TESTS_OF = 6, timedelta(hours=1)
TEST = "test"
ALONE = (Channel.CALL, Channel.INBOX)
"""Whoever is called or looks into the inbox gets no messages."""
NEW_WAY = gettext_lazy("A new way to reach you was added to your account: “%(label)s”.")


# --- The order ---------------------------------------------------------------------------------------------------


def ways_of(person: User) -> list[str]:
    """The ways of a person in their order, as release and fall-back take them (``incidents.services.ways``)."""
    if person.channel in ALONE:
        return [str(person.channel)]
    if person.ways:
        return list(person.ways)
    return ["sms", "email"] if person.channel == Channel.SMS else ["email", "sms"]


@transaction.atomic
def set_ways(*, viewer: Viewer, ways: Sequence[str]) -> None:
    """Set the order in which a person is told: the first, and what comes when that leads nowhere."""
    person = _self(viewer)
    chosen = [str(way) for way in dict.fromkeys(ways)]
    _check_ways(person, chosen)
    plain = next((way for way in chosen if way not in WITH_ADDRESSES), "")
    if plain:
        person.channel = plain
    elif person.channel in ALONE:
        person.channel = Channel.EMAIL if person.email else Channel.SMS
    person.ways = [] if chosen[0] in ALONE else chosen
    person.save(update_fields=["channel", "ways"])
    audit.record(person, "set_ways", person, ways=chosen)


def _check_ways(person: User, chosen: Sequence[str]) -> None:
    if not chosen:
        raise ValidationError({"way1": _("Choose at least one way.")})
    if len(chosen) > 1 and set(chosen) & set(ALONE):
        raise ValidationError({"way1": _("A phone call, or the inbox only, stands alone: nothing can follow it.")})
    live = set(_live(person).values_list("channel", flat=True))
    for place, way in enumerate(chosen, start=1):
        if problem := _what_lacks(person, way, live):
            raise ValidationError({f"way{place}": problem})


def _what_lacks(person: User, way: str, live: set[str]) -> str:
    if way not in (*SENDING, *ALONE):
        return _("Choose one of the list.")
    if way == Channel.EMAIL and not person.email:
        return _("Give your e-mail address first.")
    if way in (Channel.SMS, Channel.CALL) and not (person.phone and person.phone_verified_at):
        return _("Give your phone number first, and type the code that we send to it.")
    if way in WITH_ADDRESSES and way not in live:
        return _("Set this way up first, further down on this page.")
    return ""


# --- Devices, programs, notices ----------------------------------------------------------------------------------


@transaction.atomic
def allow_push(*, viewer: Viewer, endpoint: str, p256dh: str, auth: str, label: str) -> Address:
    """Let notices come to a browser. The same browser again changes its row; another person's row of it ends."""
    person = _self(viewer)
    if not push.is_push_service(endpoint):
        raise ValidationError(_("This browser names a push service that is not known here."))
    try:
        vapid.check_keys(p256dh, auth)
    except vapid.BadKey as error:
        raise ValidationError(_("The browser did not give what is needed. Try again.")) from error
    words = {"endpoint": endpoint, "p256dh": p256dh, "auth": auth}
    return _keep(person, Channel.PUSH, mark=endpoint, words=words, label=label)


@transaction.atomic
def add_program(*, viewer: Viewer, url: str, label: str) -> tuple[Address, str]:
    """Let an organisation's program be told in this person's place; returns its secret, which is shown this once."""
    person = _self(viewer)
    if not access.may_have_program(viewer):
        raise NotAllowed
    try:
        outside.check_form(url.strip())
    except outside.NotOutside as error:
        raise ValidationError(
            {"url": _("Give a public address that begins with https://, without a password.")}
        ) from error
    secret = _new_secret()
    words = {"url": url.strip(), "secret": secret}
    return _keep(person, Channel.WEBHOOK, mark=url.strip(), words=words, label=label), secret


@transaction.atomic
def renew_secret(*, viewer: Viewer, address: Address) -> str:
    """Make a program's secret anew; what is sent is signed with the old one too for a day."""
    held = _lock(viewer, address)
    if held.channel != Channel.WEBHOOK or held.person_id != viewer.user_id:
        raise NotAllowed
    words, secret = crypto.unseal(held.sealed), _new_secret()
    held.sealed = crypto.seal({**words, "secret": secret, "old_secret": words["secret"]})
    held.rotated_at = timezone.now()
    held.save(update_fields=["sealed", "rotated_at"])
    audit.record(held.person, "renewed_secret", held)
    return secret


@transaction.atomic
def add_notice(*, viewer: Viewer, url: str, label: str) -> Address:
    """Let notices without content come by another service (an address as Apprise writes them)."""
    person, url = _self(viewer), url.strip()
    try:
        kind = notice.check_form(url)
    except outside.NotOutside as error:
        raise ValidationError({"url": _("This kind of service is not allowed here.")}) from error
    if not notice.is_understood(url):
        raise ValidationError({"url": _("This address cannot be read. Look at the examples above.")})
    return _keep(person, Channel.NOTICE, mark=url, words={"url": url}, label=label, kind=kind)


@transaction.atomic
def end_address(*, viewer: Viewer, address: Address) -> None:
    """Take an address off: one's own, or anybody's for an administrator. What was sealed is destroyed."""
    held = _lock(viewer, address)
    end = AddressEnd.TAKEN_OFF if held.person_id == viewer.user_id else AddressEnd.CLOSED
    _end(Address.objects.filter(pk=held.pk), end)
    audit.record(User.objects.filter(pk=viewer.user_id).first(), "ended_address", held, channel=held.channel)


@transaction.atomic
def send_test(*, viewer: Viewer, channel: str, address: Address | None = None) -> Message:
    """Send a message to oneself by one way, to see whether it comes."""
    person = _self(viewer)
    lacks = _what_lacks(person, channel, set(_live(person).values_list("channel", flat=True)))
    if channel not in SENDING or lacks:
        raise ValidationError(lacks or _("Choose one of the list."))
    if address is not None and (address.person_id != person.pk or address.ended_at or address.channel != channel):
        raise NotAllowed
    since = timezone.now() - TESTS_OF
    User.objects.select_for_update().get(pk=person.pk)
    if Message.objects.filter(recipient=person, purpose=TEST, created_at__gt=since).count() >= MOST_TESTS:
        raise ValidationError(_("You have tried often enough for now. Wait an hour."))
    with override(person.language):
        subject = _("Passerelle: a try")
        text = _("Passerelle: this is a try. If you read it, this way works. You need not answer.")
    return outbox.post(
        purpose=TEST,
        channel=channel,
        recipient=person,
        address=str(address.pk) if address is not None else "",
        subject=subject,
        text=text,
        language=person.language,
    )


def _keep(person: User, channel: str, *, mark: str, words: dict[str, str], label: str, kind: str = "") -> Address:
    label = label.strip()[:80]
    if not label:
        raise ValidationError({"label": _("Give it a name by which you know it again.")})
    User.objects.select_for_update().get(pk=person.pk)
    hashed = crypto.keyed_hash(f"address {channel}", mark)
    same = Address.objects.filter(channel=channel, mark=hashed, ended_at__isnull=True)
    _end(same.exclude(person=person), AddressEnd.OTHER_PERSON)
    found = same.filter(person=person).first()
    if found is not None:
        found.sealed, found.label, found.failures, found.rests_until = crypto.seal(words), label, 0, None
        found.save(update_fields=["sealed", "label", "failures", "rests_until"])
        return found
    if _live(person).filter(channel=channel).count() >= MOST[Channel(channel)]:
        raise ValidationError(_("You have as many of these as there may be: take one off first."))
    made = Address.objects.create(
        person=person, channel=channel, mark=hashed, sealed=crypto.seal(words), label=label, kind=kind
    )
    _put_first(person, channel)
    audit.record(person, "added_address", made, channel=channel)
    letters.write_to_proved_address("changed", person=person, what=NEW_WAY % {"label": label})
    return made


def _put_first(person: User, channel: str) -> None:
    """A device, once allowed, comes first; a program and a notice come behind what was there."""
    if person.channel in ALONE or channel in person.ways:
        return
    before = [way for way in ways_of(person) if not _what_lacks(person, way, {channel})]
    person.ways = [channel, *before] if channel == Channel.PUSH else [*before, channel]
    person.save(update_fields=["ways"])


def _end(rows: QuerySet[Address], end: str) -> None:
    rows.update(ended_at=timezone.now(), end=end, sealed=crypto.seal({}))


def _lock(viewer: Viewer, address: Address) -> Address:
    held = Address.objects.select_for_update(of=("self",)).select_related("person").filter(pk=address.pk).first()
    if held is None or held.ended_at is not None or not access.ADDRESSES.sees(viewer, held):
        raise NotAllowed
    return held


def _live(person: User) -> QuerySet[Address]:
    return Address.objects.filter(person=person, ended_at__isnull=True)


def _self(viewer: Viewer) -> User:
    person: User | None = User.objects.filter(pk=viewer.user_id, is_active=True).first()
    if person is None:
        raise NotAllowed
    return person


def _new_secret() -> str:
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(32)).decode("ascii")


def close_addresses(person: User) -> None:
    """Destroy every address of a person whose account is closed."""
    _end(_live(person), AddressEnd.CLOSED)
