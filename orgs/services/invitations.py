"""Invitations: how people come to have an account. Nobody signs up by themselves."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.core import signing
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from orgs import access, audit
from orgs.accounts import letters
from orgs.crypto import keyed_hash
from orgs.messaging.purposes import address_of
from orgs.models import Area, Channel, Invitation, Membership, Organisation, Role, User
from orgs.policy import Viewer
from orgs.services import accounts, memberships
from orgs.services.errors import NotAllowed

DAYS_TO_ACCEPT = 7
HOURS_FOR_FIRST_ADMINISTRATOR = 48
_FIRST_ADMINISTRATOR = "orgs.first-administrator"


# --- Inviting ----------------------------------------------------------------------------------------------------


@transaction.atomic
def invite(
    *,
    viewer: Viewer,
    name: str,
    role: str,
    organisation: Organisation | None,
    areas: Sequence[Area],
    email: str = "",
    phone: str = "",
    language: str = "fr",
    channel: str = Channel.EMAIL,
) -> Invitation:
    """Offer somebody a post, by a link sent to their e-mail address or phone.

    Until the link is used the person is inactive: they are told nothing and their post counts for nothing. Somebody
    who already signs in gets the post at once and a note of it; the invitation returned is then accepted already.
    Addresses of somebody who is already known are never changed by inviting them: the link goes to the address on
    file, or a new inviter could take over the posts that others gave.

    Raises ``NotAllowed`` for a role or area that is not theirs to give, ``ValidationError`` (by field) for bad input.
    """
    memberships.check_post(viewer=viewer, role=role, organisation=organisation, areas=areas)
    if channel not in (Channel.EMAIL, Channel.SMS):
        raise ValidationError({"channel": _("An invitation goes by e-mail or by SMS.")})
    email, phone = memberships.clean_addresses(email=email, phone=phone, channel=channel)
    person = memberships.find_person(email=email, phone=phone)
    if person is None:
        person = User.objects.create_user(
            name=name.strip(), email=email, phone=phone, language=language, channel=channel, is_active=False
        )
    elif person.closed_at is not None:
        raise ValidationError(_("This account was closed by an administrator."))
    elif _is_nobody_yet(person):
        _correct(person, name=name, email=email, phone=phone, language=language, channel=channel)
    if person.has_usable_password():
        return _give_at_once(viewer, person, role, organisation, areas)
    address = address_of(person, channel)
    if not address:
        raise ValidationError(_("This person is already registered, with another address: use that one."))
    memberships.give_post(viewer=viewer, person=person, role=role, organisation=organisation, areas=areas)
    _open_invitations().filter(person=person).update(revoked_at=Now())
    token = _new_token()
    invitation = Invitation.objects.create(
        person=person,
        invited_by=memberships.actor_of(viewer),
        channel=channel,
        token_hash=_hash(token),
        expires_at=_end_of_offer(),
    )
    _send(invitation, token)
    audit.record(memberships.actor_of(viewer), "invited", invitation, person=person.pk, role=role, channel=channel)
    return invitation


@transaction.atomic
def resend(*, viewer: Viewer, invitation: Invitation) -> None:
    """Send a new link to the same address; the old one is dead."""
    invitation = _locked(viewer, invitation)
    token = _new_token()
    invitation.token_hash = _hash(token)
    invitation.expires_at = _end_of_offer()
    invitation.save(update_fields=["token_hash", "expires_at"])
    _send(invitation, token)
    audit.record(memberships.actor_of(viewer), "resent", invitation, person=invitation.person_id)


@transaction.atomic
def revoke(*, viewer: Viewer, invitation: Invitation) -> None:
    """Take an invitation back: the link is dead, and the posts of somebody who never came end."""
    invitation = _locked(viewer, invitation)
    invitation.revoked_at = timezone.now()
    invitation.save(update_fields=["revoked_at"])
    if not invitation.person.is_active:
        open_posts(invitation.person).update(ends_at=Now())
    audit.record(memberships.actor_of(viewer), "revoked", invitation, person=invitation.person_id)


def may_handle(viewer: Viewer, invitation: Invitation) -> bool:
    """Whether this person may resend or revoke: they could have given every post that it opens."""
    posts = open_posts(invitation.person).prefetch_related("areas")
    return access.may_invite(viewer) and all(access.may_change_membership(viewer, post) for post in posts)


def open_posts(person: User) -> QuerySet[Membership]:
    """The posts of a person that have not ended, whether or not they count yet."""
    return Membership.objects.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=Now()), person=person)


# --- Accepting ---------------------------------------------------------------------------------------------------


def find_invitation(token: str) -> Invitation | None:
    """The invitation that a link opens; ``None`` when it was used, revoked, has expired or never was."""
    return _open_invitations().select_related("person").filter(token_hash=_hash(token)).first()


@transaction.atomic
def accept(*, token: str, password: str) -> User:
    """Use an invitation, once: the person becomes active with a password, and the address it came by is proved.

    Raises ``NotAllowed`` when the link no longer works.
    """
    invitation = _open_invitations().select_for_update().filter(token_hash=_hash(token)).first()
    if invitation is None:
        raise NotAllowed
    person: User = User.objects.select_for_update().get(pk=invitation.person_id)
    person.set_password(password)
    person.is_active = True
    person.save()
    accounts.prove_address(person=person, channel=invitation.channel)
    Invitation.objects.filter(pk=invitation.pk).update(accepted_at=Now())
    _open_invitations().filter(person=person).update(revoked_at=Now())
    audit.record(person, "accepted", invitation, person=person.pk)
    return person


# --- The first administrator -------------------------------------------------------------------------------------


def first_administrator_link(*, site_url: str) -> str:
    """The link by which somebody becomes the administrator of a fresh installation.

    It works for two days and only as long as there is no administrator, so that it works once. Raises ``NotAllowed``
    when there is one already.
    """
    if _has_administrator():
        raise NotAllowed
    token = signing.dumps(_installation(), salt=_FIRST_ADMINISTRATOR)
    return f"{site_url}{reverse('first-administrator-link', args=[token])}"


def is_first_administrator_token(token: str) -> bool:
    """Whether this link still makes an administrator."""
    try:
        made_for = signing.loads(
            token, salt=_FIRST_ADMINISTRATOR, max_age=timedelta(hours=HOURS_FOR_FIRST_ADMINISTRATOR)
        )
    except signing.BadSignature:
        return False
    return bool(made_for == _installation() and not _has_administrator())


@transaction.atomic
def become_first_administrator(*, token: str, name: str, email: str, password: str) -> User:
    """Make the first administrator. Raises ``NotAllowed`` when the link no longer works."""
    memberships.one_change_of_administrators_at_a_time()
    if not is_first_administrator_token(token):
        raise NotAllowed
    if memberships.find_person(email=email, phone="") is not None:
        raise ValidationError({"email": _("Somebody with this address is already registered.")})
    person = User.objects.create_user(name=name.strip(), email=email, password=password)
    membership = Membership.objects.create(person=person, role=Role.ADMINISTRATOR)
    accounts.prove_address(person=person, channel=Channel.EMAIL)
    audit.record(person, "became_first_administrator", membership)
    return person


def _has_administrator() -> bool:
    return Membership.objects.current().filter(role=Role.ADMINISTRATOR).exists()


def _installation() -> str:
    return keyed_hash("first administrator", "")[:16]


# --- Parts -------------------------------------------------------------------------------------------------------


def _open_invitations() -> QuerySet[Invitation]:
    return Invitation.objects.filter(
        accepted_at__isnull=True, revoked_at__isnull=True, expires_at__gt=Now(), person__closed_at__isnull=True
    )


def _is_nobody_yet(person: User) -> bool:
    """Whether an account was never used and opens nothing: then an inviter may correct a mistyped address."""
    return (
        not person.is_active
        and not person.has_usable_password()
        and not open_posts(person).exists()
        and not _open_invitations().filter(person=person).exists()
    )


def _correct(person: User, *, name: str, email: str, phone: str, language: str, channel: str) -> None:
    person.name, person.language, person.channel = name.strip(), language, channel
    person.email, person.phone = email or None, phone or None
    person.save()


def _give_at_once(
    viewer: Viewer, person: User, role: str, organisation: Organisation | None, areas: Sequence[Area]
) -> Invitation:
    if not person.is_active:
        raise ValidationError(_("This account was closed by an administrator."))
    post = memberships.give_post(viewer=viewer, person=person, role=role, organisation=organisation, areas=areas)
    memberships.tell_of_post(person=person, membership=post)
    return Invitation.objects.create(
        person=person,
        invited_by=memberships.actor_of(viewer),
        token_hash=_hash(_new_token()),
        expires_at=timezone.now(),
        accepted_at=timezone.now(),
    )


def _locked(viewer: Viewer, invitation: Invitation) -> Invitation:
    """The row, locked, if it can still be handled and by this person."""
    found = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("person")
        .filter(pk=invitation.pk, accepted_at__isnull=True, revoked_at__isnull=True, person__closed_at__isnull=True)
        .first()
    )
    if found is None or not may_handle(viewer, found):
        raise NotAllowed
    return found


def _send(invitation: Invitation, token: str) -> None:
    person = invitation.person
    letters.write(
        "invitation",
        person=person,
        channel=invitation.channel,
        address=address_of(person, invitation.channel),
        url=letters.link("invitation-link", token),
        days=DAYS_TO_ACCEPT,
        invited_by=invitation.invited_by,
    )


def _new_token() -> str:
    return secrets.token_urlsafe(24)


def _hash(token: str) -> str:
    return keyed_hash("invitation", token)


def _end_of_offer() -> datetime:
    return timezone.now() + timedelta(days=DAYS_TO_ACCEPT)
