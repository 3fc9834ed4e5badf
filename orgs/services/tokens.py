"""API tokens: keys by which programs work in a person's name."""

import secrets
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from orgs import access, audit
from orgs.accounts import letters
from orgs.crypto import keyed_hash
from orgs.models import ApiToken
from orgs.policy import Viewer
from orgs.services import memberships
from orgs.services.errors import NotAllowed

LONGEST_DAYS = 366
MOST_TOKENS = 20
_PREFIX = "passerelle_"


@transaction.atomic
def make_token(*, viewer: Viewer, label: str, days: int) -> tuple[ApiToken, str]:
    """Make a token of one's own; returns it with its plain key, which is kept nowhere and cannot be shown again."""
    person = memberships.actor_of(viewer)
    if person is None or not access.may_have_token(viewer):
        raise NotAllowed
    wrong = {}
    if not label.strip():
        wrong["label"] = _("Say what the key is for.")
    if not 1 <= days <= LONGEST_DAYS:
        wrong["days"] = _("Choose from 1 to %(days)s days.") % {"days": LONGEST_DAYS}
    if wrong:
        raise ValidationError(wrong)
    if ApiToken.objects.filter(person=person, revoked_at__isnull=True, expires_at__gt=Now()).count() >= MOST_TOKENS:
        raise ValidationError(_("You have too many keys: revoke those that you do not need."))
    plain = _PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        person=person,
        label=label.strip()[:80],
        key_hash=hash_of(plain),
        expires_at=timezone.now() + timedelta(days=days),
    )
    letters.write_to_proved_address("token_made", person=person, token=token)
    audit.record(person, "made_token", token, days=days)
    return token, plain


@transaction.atomic
def revoke_token(*, viewer: Viewer, token: ApiToken) -> None:
    """End a token now: one's own, or anybody's for an administrator."""
    if not access.TOKENS.sees(viewer, token):
        raise NotAllowed
    if ApiToken.objects.filter(pk=token.pk, revoked_at__isnull=True).update(revoked_at=Now()):
        token.refresh_from_db(fields=["revoked_at"])
        audit.record(memberships.actor_of(viewer), "revoked_token", token, person=token.person_id)


def hash_of(plain: str) -> str:
    """The hash under which a key is found."""
    return keyed_hash("api token", plain)
