"""Who does what for whom, and where: giving posts, changing them, ending them."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from orgs import access, audit
from orgs.accounts import letters
from orgs.models import Area, Channel, Membership, Organisation, Role, User
from orgs.phones import normal_phone
from orgs.policy import Viewer
from orgs.services.errors import NotAllowed

_ADMINISTRATORS_LOCK = 0xAD31


def check_post(*, viewer: Viewer, role: str, organisation: Organisation | None, areas: Sequence[Area]) -> None:
    """Raise ``ValidationError`` for a post that makes no sense, ``NotAllowed`` for one that is not theirs to give."""
    wrong: dict[str, str] = {}
    if role not in Role.values:
        wrong["role"] = _("Choose a role.")
    if organisation is None and role in access.ROLES_OF_ORGANISATIONS:
        wrong["organisation"] = _("People with this role belong to an organisation: choose it.")
    if not areas and role not in access.ROLES_WITHOUT_AREAS:
        wrong["areas"] = _("Choose at least one area.")
    if wrong:
        raise ValidationError(wrong)
    if not access.may_invite_into(viewer, role=role, areas=list(areas)):
        raise NotAllowed


@transaction.atomic
def give_post(
    *, viewer: Viewer, person: User, role: str, organisation: Organisation | None, areas: Sequence[Area]
) -> Membership:
    """Give a person a post. The same post again gains the new areas; one that had ended starts anew with them."""
    check_post(viewer=viewer, role=role, organisation=organisation, areas=areas)
    membership, is_new = Membership.objects.select_for_update(of=("self",)).get_or_create(
        person=person, organisation=organisation, role=role
    )
    if not is_new and membership.ends_at is not None and membership.ends_at <= timezone.now():
        Membership.objects.filter(pk=membership.pk).update(starts_at=Now(), ends_at=None)
        membership.refresh_from_db(fields=["starts_at", "ends_at"])
        membership.areas.set(areas)
    else:
        membership.areas.add(*areas)
    _note(viewer, "gave_post", membership, areas=sorted(area.pcode for area in areas))
    return membership


@transaction.atomic
def change_areas(*, viewer: Viewer, membership: Membership, areas: Sequence[Area]) -> None:
    """Set the areas of a post. Coordinators need rights over the areas it has and those it gets."""
    _require_rights(viewer, membership)
    check_post(viewer=viewer, role=membership.role, organisation=membership.organisation, areas=areas)
    before = set(membership.areas.values_list("pcode", flat=True))
    membership.areas.set(areas)
    after = {area.pcode for area in areas}
    if before != after:
        _note(viewer, "changed_areas", membership, added=sorted(after - before), removed=sorted(before - after))


@transaction.atomic
def end_membership(*, viewer: Viewer, membership: Membership) -> None:
    """End a post now. The last administrator stays. Ending what has ended changes nothing."""
    _require_rights(viewer, membership)
    if membership.role == Role.ADMINISTRATOR:
        keep_an_administrator(besides=membership.person_id)
    ended = (
        Membership.objects.filter(pk=membership.pk)
        .filter(Q(ends_at__isnull=True) | Q(ends_at__gt=Now()))
        .update(ends_at=Now())
    )
    if ended:
        membership.refresh_from_db(fields=["ends_at"])
        _note(viewer, "ended_post", membership)


@transaction.atomic
def resume_membership(*, viewer: Viewer, membership: Membership) -> None:
    """Take back the end of a post: it goes on with the areas it had."""
    _require_rights(viewer, membership)
    if Membership.objects.filter(pk=membership.pk, ends_at__isnull=False).update(ends_at=None):
        membership.refresh_from_db(fields=["ends_at"])
        _note(viewer, "resumed_post", membership)


@transaction.atomic
def add_recipient(
    *,
    viewer: Viewer,
    name: str,
    role: str,
    organisation: Organisation | None,
    areas: Sequence[Area],
    channel: str,
    email: str = "",
    phone: str = "",
    language: str = "fr",
) -> User:
    """Add a person who is only told things and never signs in: no password, no invitation, at once in their post."""
    check_post(viewer=viewer, role=role, organisation=organisation, areas=areas)
    email, phone = clean_addresses(email=email, phone=phone, channel=channel)
    if find_person(email=email, phone=phone) is not None:
        raise ValidationError(_("Somebody with this address is already registered."))
    person = User.objects.create_user(
        name=name.strip(), email=email, phone=phone, language=language, channel=channel, is_active=True
    )
    audit.record(actor_of(viewer), "added_recipient", person, channel=channel)
    give_post(viewer=viewer, person=person, role=role, organisation=organisation, areas=areas)
    return person


def tell_of_post(*, person: User, membership: Membership) -> None:
    """Tell a person who already signs in that they were given a post."""
    letters.write_to_proved_address("post_given", person=person, membership=membership)


def clean_addresses(*, email: str, phone: str, channel: str) -> tuple[str, str]:
    """E-mail and phone as they are kept. Raises ``ValidationError`` when the channel has no address."""
    email = email.strip().lower()
    wrong: dict[str, str] = {}
    if phone.strip():
        try:
            phone = normal_phone(phone)
        except ValidationError as error:
            wrong["phone"] = str(error.message)
    if channel == Channel.EMAIL and not email:
        wrong["email"] = _("Give an e-mail address, or choose another way.")
    if channel in (Channel.SMS, Channel.CALL) and not phone.strip():
        wrong["phone"] = _("Give a phone number, or choose another way.")
    if not email and not phone.strip():
        wrong.setdefault("email", _("Give an e-mail address or a phone number."))
    if wrong:
        raise ValidationError(wrong)
    return email, phone.strip()


def find_person(*, email: str, phone: str) -> User | None:
    """The person whom these addresses belong to. Raises ``ValidationError`` when they belong to two."""
    known = Q(pk__in=[])
    if email:
        known |= Q(email__iexact=email)
    if phone:
        known |= Q(phone=phone)
    found = list(User.objects.filter(known).select_for_update()[:2])
    if len(found) > 1:
        raise ValidationError(_("The e-mail address and the phone number belong to two different people."))
    return found[0] if found else None


def keep_an_administrator(*, besides: int) -> None:
    """Raise ``ValidationError`` when nobody but this person is an administrator. One at a time, whoever asks."""
    one_change_of_administrators_at_a_time()
    others = Membership.objects.current().filter(role=Role.ADMINISTRATOR).exclude(person=besides)
    mine = Membership.objects.current().filter(role=Role.ADMINISTRATOR, person=besides)
    if mine.exists() and not others.exists():
        raise ValidationError(_("This is the last administrator: make another one first."))


def one_change_of_administrators_at_a_time() -> None:
    """Wait until nobody else is changing who is an administrator; holds until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ADMINISTRATORS_LOCK])


def actor_of(viewer: Viewer) -> User | None:
    """The person to whom the audit log ascribes an act."""
    return None if viewer.user_id is None else User.objects.filter(pk=viewer.user_id).first()


def _require_rights(viewer: Viewer, membership: Membership) -> None:
    if not access.may_change_membership(viewer, membership):
        raise NotAllowed


def _note(viewer: Viewer, verb: str, membership: Membership, **facts: object) -> None:
    audit.record(
        actor_of(viewer),
        verb,
        membership,
        person=membership.person_id,
        role=membership.role,
        organisation=membership.organisation_id,
        **facts,
    )
