"""What people and administrators change about an account."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs import access, audit
from orgs.accounts import letters
from orgs.models import ApiToken, Channel, User
from orgs.phones import normal_phone
from orgs.policy import Viewer
from orgs.services import channels, memberships
from orgs.services.errors import NotAllowed

SECOND_FACTOR_GONE = gettext_lazy("The second step of your sign-in was taken away by an administrator.")


@transaction.atomic
def change_settings(*, actor: User, name: str, language: str) -> None:
    """Change how a person is named and in which language they are written to."""
    actor.name, actor.language = name.strip(), language
    actor.save(update_fields=["name", "language"])
    audit.record(actor, "changed_settings", actor, language=language)


@transaction.atomic
def sign_out_everywhere(*, actor: User) -> None:
    """End every session of a person, on every device."""
    User.objects.filter(pk=actor.pk).update(session_epoch=F("session_epoch") + 1)
    actor.refresh_from_db(fields=["session_epoch"])
    audit.record(actor, "signed_out_everywhere", actor)


@transaction.atomic
def prove_address(*, person: User, channel: str) -> None:
    """Note that a person really has the address of this channel: they used a link or a code that was sent to it."""
    if channel == Channel.SMS:
        set_proved_phone(person=person, phone=person.phone or "")
    else:
        keep_email_in_step(person=person, is_proved=True)


@transaction.atomic
def set_proved_phone(*, person: User, phone: str) -> None:
    """Give a person the phone number whose code they typed. Raises ``ValidationError`` when it is somebody else's."""
    phone = normal_phone(phone)
    if User.objects.filter(phone=phone).exclude(pk=person.pk).exists():
        raise ValidationError(_("This phone number belongs to another account."))
    person.phone, person.phone_verified_at = phone, timezone.now()
    person.save(update_fields=["phone", "phone_verified_at"])
    audit.record(person, "proved_phone", person)


@transaction.atomic
def keep_email_in_step(*, person: User, is_proved: bool) -> None:
    """Make allauth's row of addresses say what the account says: this one address, proved or not."""
    EmailAddress.objects.filter(user=person).exclude(email=person.email or "").delete()
    if person.email:
        EmailAddress.objects.update_or_create(
            user=person, email=person.email, defaults={"primary": True, "verified": is_proved}
        )


def forget_expired() -> int:
    """Remove sessions and counts of tries whose time is over; returns how many. Whoever is signed in stays so."""
    sessions, _by_model = Session.objects.filter(expire_date__lt=Now()).delete()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM orgs_cache WHERE expires < statement_timestamp()")
        tries: int = cursor.rowcount
    return int(sessions) + tries


# --- By administrators -------------------------------------------------------------------------------------------


@transaction.atomic
def edit_person(
    *, viewer: Viewer, person: User, name: str, email: str, phone: str, language: str, channel: str
) -> None:
    """Correct a person's name, addresses and preferences. A changed address has to be proved again."""
    _require_keeper(viewer)
    email, phone = memberships.clean_addresses(email=email, phone=phone, channel=channel)
    changed = [
        field
        for field, before, after in (
            ("name", person.name, name.strip()),
            ("email", person.email or "", email),
            ("phone", person.phone or "", phone),
            ("language", person.language, language),
            ("channel", person.channel, channel),
        )
        if before != after
    ]
    if "phone" in changed:
        person.phone_verified_at = None
    person.name, person.email, person.phone = name.strip(), email or None, phone or None
    person.language, person.channel = language, channel
    person.full_clean(exclude=["password"])
    person.save()
    if "email" in changed:
        keep_email_in_step(person=person, is_proved=False)
    if changed:
        audit.record(memberships.actor_of(viewer), "edited_person", person, fields=changed)


@transaction.atomic
def close_account(*, viewer: Viewer, person: User) -> None:
    """Close an account: no more sign-in, no more messages, every session and API token ends. Posts stay on record."""
    _require_keeper(viewer)
    memberships.keep_an_administrator(besides=person.pk)
    person.is_active, person.closed_at = False, person.closed_at or timezone.now()
    person.session_epoch += 1
    person.save(update_fields=["is_active", "closed_at", "session_epoch"])
    ApiToken.objects.filter(person=person, revoked_at__isnull=True).update(revoked_at=timezone.now())
    channels.close_addresses(person)
    audit.record(memberships.actor_of(viewer), "closed_account", person)


@transaction.atomic
def reopen_account(*, viewer: Viewer, person: User) -> None:
    """Open a closed account again, with the posts that it still has; somebody who never came stays invited only."""
    _require_keeper(viewer)
    person.closed_at = None
    person.is_active = person.has_usable_password() or not person.invitations.exists()
    person.save(update_fields=["is_active", "closed_at"])
    audit.record(memberships.actor_of(viewer), "reopened_account", person)


@transaction.atomic
def remove_second_factor(*, viewer: Viewer, person: User) -> None:
    """Take away a second factor that was lost; the person is told, and sets up a new one at the next sign-in."""
    _require_keeper(viewer)
    if viewer.user_id == person.pk:
        raise NotAllowed
    removed = list(Authenticator.objects.filter(user=person).values_list("type", flat=True))
    Authenticator.objects.filter(user=person).delete()
    User.objects.filter(pk=person.pk).update(session_epoch=F("session_epoch") + 1)
    if removed:
        letters.write_to_proved_address("changed", person=person, what=SECOND_FACTOR_GONE)
        audit.record(memberships.actor_of(viewer), "removed_second_factor", person, kinds=sorted(removed))


def _require_keeper(viewer: Viewer) -> None:
    if not access.may_keep_accounts(viewer):
        raise NotAllowed
