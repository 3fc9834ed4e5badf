"""Keeping the actor map: actors, what they do for civilians and where, and what organisations say of them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from orgs import access, audit
from orgs.models import Actor, ActorRole, ActorSector, ActorView, Area, Level, Organisation, Reach, Trust, Wish
from orgs.phones import normal_phone
from orgs.policy import Viewer
from orgs.services.errors import NotAllowed
from orgs.services.memberships import actor_of
from orgs.wording import held_words

ROLE_LEVELS = (Level.COUNTRY, Level.REGION, Level.CERCLE)
_SHORT_PHONE = re.compile(r"[0-9]{2,8}")
# Whatever could be a point on the map: degrees, decimals as long as those of coordinates, addresses of maps.
_POINT = re.compile(
    r"[°º]|\d{1,3}[.,]\d{3,}|\b(?:lat|lon|lng|latitude|longitude|gps)\b|https?:|www\.|///", re.IGNORECASE
)
_NUMBER = re.compile(r"(?:\d\W?){3,}")


@dataclass(frozen=True)
class Statement:
    """What an organisation says of one actor; all of it empty takes back what it said before."""

    actor_id: int
    reach: int | None = None
    trust: int | None = None
    wish: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether it says nothing."""
        return self.reach is None and self.trust is None and not self.wish


# --- Actors ------------------------------------------------------------------------------------------------------


@transaction.atomic
def keep_actor(*, viewer: Viewer, actor: Actor) -> None:
    """Add or change an actor. Raises ``ValidationError`` (by field) and ``NotAllowed``.

    What becomes an armed group loses at once everything that organisations said of it, history included.
    """
    if not access.may_keep_directory(viewer):
        raise NotAllowed
    wrong = {name: _no_point() for name in ("mandate", "civil_contact") if _POINT.search(getattr(actor, name))}
    if held := held_words(actor.mandate):
        wrong["mandate"] = " ".join(held)
    if wrong:
        raise ValidationError(wrong)
    if actor.sector == ActorSector.ARMED_GROUP and (actor.civil_contact or actor.organisation_id is not None):
        raise ValidationError({"sector": _("An armed group is only named: no contact and no organisation.")})
    is_new = actor.pk is None
    forgotten = 0 if is_new else _forget(actor)
    actor.full_clean(exclude=["name_key"])
    actor.save()
    audit.record(actor_of(viewer), "added_actor" if is_new else "changed_actor", actor, views_forgotten=forgotten)


def _forget(actor: Actor) -> int:
    """Take away what may not be kept of the actor as it is going to be; how many statements."""
    Actor.objects.select_for_update().get(pk=actor.pk)
    views = ActorView.objects.filter(actor=actor)
    if actor.sector == ActorSector.ARMED_GROUP:
        ActorRole.objects.filter(actor=actor).delete()
    elif actor.organisation_id is not None:
        views = views.filter(organisation=actor.organisation_id)
    else:
        return 0
    return views.delete()[0]


# --- Civil roles -------------------------------------------------------------------------------------------------


@transaction.atomic
def keep_role(*, viewer: Viewer, role: ActorRole) -> None:
    """Say, or correct, what an actor does for civilians in an area. Raises ``ValidationError`` and ``NotAllowed``."""
    is_new = role.pk is None
    areas = [role.area] if is_new else [role.area, ActorRole.objects.select_for_update().get(pk=role.pk).area]
    if not access.ACTORS.sees(viewer, role.actor) or not all(access.may_keep_role_in(viewer, one) for one in areas):
        raise NotAllowed
    _check_role(role)
    role.full_clean(validate_constraints=False)
    taken = ActorRole.objects.current().filter(actor=role.actor_id, area=role.area_id, role=role.role)
    if role.ended_at is None and taken.exclude(pk=role.pk).exists():
        raise ValidationError({"role": _("This is said already of this actor in this area.")})
    role.save()
    audit.record(
        actor_of(viewer),
        "added_actor_role" if is_new else "changed_actor_role",
        role,
        holder=role.actor_id,
        area=role.area_id,
        role=role.role,
    )


def _check_role(role: ActorRole) -> None:
    wrong: dict[str, str] = {}
    if role.actor.sector == ActorSector.ARMED_GROUP:
        wrong["actor"] = _("Nothing of this kind is kept about armed groups.")
    if role.area.level not in ROLE_LEVELS:
        wrong["area"] = _("Choose the country, a region or a cercle: never a smaller place.")
    if _POINT.search(role.office) or _NUMBER.search(role.office):
        wrong["office"] = _("Only the name of the office or desk: no number, no address, no point on the map.")
    if _POINT.search(role.source):
        wrong["source"] = _no_point()
    elif held := held_words(f"{role.office}. {role.source}"):
        wrong["office"] = " ".join(held)
    if role.as_of and role.as_of > timezone.localdate():
        wrong["as_of"] = _("This day has not come yet.")
    try:
        role.phone = civil_phone(role.phone)
    except ValidationError as error:
        wrong["phone"] = error.messages[0]
    if wrong:
        raise ValidationError(wrong)


def civil_phone(text: str) -> str:
    """A number that civilians call: a short one (17) as it is, any other in the form in which numbers are kept."""
    digits = re.sub(r"[\s.\-]", "", text)
    if not digits or (_SHORT_PHONE.fullmatch(digits) and len(digits) != 8) or re.fullmatch(r"80[0-9]{6}", digits):
        return digits
    return normal_phone(text)


def _no_point() -> str:
    return _("This looks like a point on the map or the address of a page. Take it out.")


@transaction.atomic
def end_role(*, viewer: Viewer, role: ActorRole) -> None:
    """Say that an actor does this no longer in this area."""
    role = _role_to_change(viewer, role)
    if role.ended_at is None:
        role.ended_at = timezone.now()
        role.save(update_fields=["ended_at"])
        audit.record(actor_of(viewer), "ended_actor_role", role)


@transaction.atomic
def resume_role(*, viewer: Viewer, role: ActorRole) -> None:
    """Take the end back. Raises ``ValidationError`` where the same was said anew meanwhile."""
    role = _role_to_change(viewer, role)
    if role.ended_at is None:
        return
    if ActorRole.objects.current().filter(actor=role.actor_id, area=role.area_id, role=role.role).exists():
        raise ValidationError(_("This is said already of this actor in this area."))
    role.ended_at = None
    role.save(update_fields=["ended_at"])
    audit.record(actor_of(viewer), "resumed_actor_role", role)


def _role_to_change(viewer: Viewer, role: ActorRole) -> ActorRole:
    found = ActorRole.objects.select_for_update(of=("self",)).select_related("actor", "area").get(pk=role.pk)
    if not access.ACTOR_ROLES.sees(viewer, found) or not access.may_keep_role_in(viewer, found.area):
        raise NotAllowed
    return found


# --- What organisations say --------------------------------------------------------------------------------------


@transaction.atomic
def rate_actors(*, viewer: Viewer, organisation: Organisation, statements: Sequence[Statement]) -> int:
    """Write down how an organisation finds actors; returns of how many it now says something else than before.

    What is the same as before leaves no trace. Raises ``ValidationError`` for an actor of whom nothing may be said
    (armed groups, the organisation itself) and for what is not on the scales, ``NotAllowed`` for whoever may not.
    """
    if not access.may_rate_for(viewer, organisation):
        raise NotAllowed
    # One at a time for one organisation: two colleagues who save at once both leave their statements.
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    given = {statement.actor_id: statement for statement in statements}
    _check_statements(viewer, organisation, given)
    before = {view.actor_id: view for view in organisation.actor_views.current().filter(actor__in=given)}
    changed = [one for one in given.values() if _says(before.get(one.actor_id)) != _says(one)]
    if not changed:
        return 0
    now = timezone.now()
    organisation.actor_views.current().filter(actor__in=[one.actor_id for one in changed]).update(superseded_at=now)
    own, region = access.is_own(viewer, organisation), home_region(organisation)
    ActorView.objects.bulk_create(
        ActorView(
            organisation=organisation,
            actor_id=one.actor_id,
            reach=one.reach,
            trust=one.trust,
            wish=one.wish,
            region_id=region,
            said_by_id=viewer.user_id,
            is_entered_for=not own,
        )
        for one in changed
        if not one.is_empty
    )
    # Not which actors: who reads the log is not who reads what organisations say.
    audit.record(actor_of(viewer), "rated_actors", organisation, statements=len(changed), entered_for=not own)
    return len(changed)


def _says(said: ActorView | Statement | None) -> tuple[int | None, int | None, str]:
    return (None, None, "") if said is None else (said.reach, said.trust, said.wish)


def _check_statements(viewer: Viewer, organisation: Organisation, given: dict[int, Statement]) -> None:
    """Nobody speaks of armed groups or of themselves, nor of their own service in another's name."""
    own = [organisation.pk, *viewer.organisation_ids]
    may_be_rated = Actor.objects.asked_about().filter(pk__in=given).exclude(organisation__in=own)
    if may_be_rated.count() != len(given):
        raise ValidationError(_("Nothing may be said of one of these actors."))
    for one in given.values():
        if (
            one.reach not in (None, *Reach.values)
            or one.trust not in (None, *Trust.values)
            or one.wish not in ("", *Wish.values)
        ):
            raise ValidationError(_("Choose one of the answers."))


def home_region(organisation: Organisation) -> int | None:
    """The région in which an organisation counts: that of its seat, else the only one where it works, else none."""
    if organisation.region_id is not None:
        return organisation.region_id
    regions = set(
        Area.objects.current().filter(pk__in=organisation.covers).exclude(region=None).values_list("region", flat=True)
    )
    return regions.pop() if len(regions) == 1 else None
