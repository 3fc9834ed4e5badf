"""Changes to entries: asked for by whoever has an account, decided fact by fact, made at once by those who decide."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from orgs import access, audit
from orgs.living import entry
from orgs.living.entry import Values
from orgs.models import (
    ChangeItem,
    ChangeRequest,
    ChangeState,
    Contact,
    Decision,
    FactSource,
    Organisation,
    OrganisationState,
)
from orgs.policy import Viewer
from orgs.services.errors import Faster, NotAllowed
from orgs.services.memberships import actor_of
from orgs.services.organisations import write_organisation

MOST_WAITING = 20
"""Requests of one person that may wait at once: a queue that one person fills helps nobody."""
LONGEST_NOTE = 1000


@dataclass(frozen=True)
class Asked:
    """What somebody wants to be changed, and how they know. ``version`` is that of the entry they were shown."""

    values: Values
    version: int
    note: str = ""
    source: str = ""


@dataclass(frozen=True)
class Verdict:
    """What somebody decides about one change."""

    accept: bool
    reason: str = ""


def ask(*, viewer: Viewer, organisation: Organisation, asked: Asked) -> ChangeRequest | None:
    """Ask for changes; those who decide on the entry make them at once. ``None`` where nothing differs.

    Raises ``NotAllowed``, ``Faster`` and ``ValidationError`` by field.
    """
    with transaction.atomic():
        held = hold(organisation)
        if not access.may_suggest(viewer, held):
            raise NotAllowed
        if held.version != asked.version:
            raise Faster(held.version)
        if "visibility" in asked.values and not access.may_ask_visibility(viewer, held):
            raise NotAllowed
        decides = access.may_decide_on(viewer, held)
        if not decides:
            _not_too_many(viewer)
        request = _write(held, asked, asked_by_id=viewer.user_id)
        if request is not None and decides:
            verdicts = {item.pk: Verdict(accept=True) for item in request.items.all()}
            _decide(viewer, request, held, verdicts)
        return request


def ask_as_contact(*, contact: Contact, asked: Asked) -> ChangeRequest | None:
    """A contact who was sent a link says what has changed. For ``confirmations``, which has looked at the link."""
    with transaction.atomic():
        return _write(hold(contact.organisation), asked, contact=contact)


def decide(*, viewer: Viewer, request: ChangeRequest, verdicts: Mapping[int, Verdict], version: int) -> ChangeRequest:
    """Accept or refuse some of the changes of a request; ``version`` is that of the entry the person was shown.

    Nothing is written when the entry has changed since, or when somebody else has decided on one of them (``Faster``).
    """
    with transaction.atomic():
        # The entry first, as everywhere: two who lock in another order would wait for each other for ever.
        held = hold(request.organisation)
        waiting = ChangeRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
        if not access.may_decide_on(viewer, held):
            raise NotAllowed
        if held.version != version or waiting.state != ChangeState.OPEN:
            raise Faster(held.version)
        _decide(viewer, waiting, held, verdicts)
        return waiting


def withdraw(*, viewer: Viewer, request: ChangeRequest) -> None:
    """Take back what one has asked for oneself; what was decided already stays."""
    with transaction.atomic():
        held = ChangeRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
        if viewer.user_id is None or held.asked_by_id != viewer.user_id:
            raise NotAllowed
        if held.state != ChangeState.OPEN:
            raise NotAllowed(_("This has been decided already."))
        held.state, held.closed_at = ChangeState.WITHDRAWN, timezone.now()
        held.save(update_fields=["state", "closed_at"])
        audit.record(actor_of(viewer), "withdrew_change", held, organisation=held.organisation_id)


def hold(organisation: Organisation) -> Organisation:
    """The entry as it is now, locked; raises ``NotAllowed`` where it was merged into another."""
    held = Organisation.objects.select_for_update(of=("self",)).filter(pk=organisation.pk).first()
    if held is None or held.merged_into_id is not None:
        raise NotAllowed(_("This entry is not there any more."))
    return held


def _not_too_many(viewer: Viewer) -> None:
    waiting = ChangeRequest.objects.filter(asked_by=viewer.user_id, state=ChangeState.OPEN).count()
    if waiting >= MOST_WAITING:
        raise ValidationError(
            _("%(n)s of your suggestions wait already. Please wait until they are looked at, or take some back.")
            % {"n": waiting}
        )


def _write(held: Organisation, asked: Asked, **who: Any) -> ChangeRequest | None:
    before = entry.values_of(held)
    differing = entry.differences(before, asked.values)
    note = asked.note.strip()
    if len(note) > LONGEST_NOTE:
        raise ValidationError({"note": _("At most %(n)s characters.") % {"n": LONGEST_NOTE}})
    if not differing and not note:
        return None
    _check(held, differing)
    request = ChangeRequest.objects.create(
        organisation=held, note=note, source=asked.source.strip(), base_version=held.version, **who
    )
    if not differing:
        # Words alone: somebody reads them and closes the request.
        differing = {"note": note}
    ChangeItem.objects.bulk_create(
        ChangeItem(request=request, field=name, before=before.get(name), asked=value)
        for name, value in differing.items()
    )
    request.refresh_from_db(fields=["asked_at"])
    audit.record(
        request.asked_by,
        "asked_change",
        request,
        organisation=held.pk,
        fields=sorted(differing),
        contact=request.contact_id,
    )
    return request


def _check(held: Organisation, values: Values) -> None:
    """What could never be accepted is refused when it is asked for, by field."""
    trial = Organisation.objects.get(pk=held.pk)
    entry.put(trial, values)
    clean(trial)


def clean(organisation: Organisation) -> None:
    """Check an entry as it would be written. Raises ``ValidationError`` by field."""
    from orgs.services.organisations import KEPT, check_codes

    check_codes(organisation)
    organisation.full_clean(exclude=KEPT)


def _decide(viewer: Viewer, request: ChangeRequest, held: Organisation, verdicts: Mapping[int, Verdict]) -> None:
    items = list(request.items.select_for_update())
    chosen = [item for item in items if item.pk in verdicts]
    if not chosen:
        raise ValidationError(_("Choose at least one change to accept or to refuse."))
    if any(item.decision != Decision.PENDING for item in chosen):
        raise Faster(held.version)
    accepted = [item for item in chosen if verdicts[item.pk].accept]
    if accepted:
        _apply(viewer, request, held, accepted)
    now = timezone.now()
    for item in chosen:
        verdict = verdicts[item.pk]
        item.decision = Decision.ACCEPTED if verdict.accept else Decision.REFUSED
        item.decided_by_id, item.decided_at, item.reason = viewer.user_id, now, verdict.reason.strip()[:300]
    ChangeItem.objects.bulk_update(chosen, ["decision", "decided_by", "decided_at", "reason", "replaced"])
    if all(item.decision != Decision.PENDING for item in items):
        request.state, request.closed_at = ChangeState.DECIDED, now
        request.save(update_fields=["state", "closed_at"])
    audit.record(
        actor_of(viewer),
        "decided_change",
        request,
        organisation=held.pk,
        accepted=sorted(item.field for item in accepted),
        refused=sorted(item.field for item in chosen if item not in accepted),
        version=held.version,
    )


def _apply(viewer: Viewer, request: ChangeRequest, held: Organisation, accepted: Sequence[ChangeItem]) -> None:
    facts = [item for item in accepted if item.field in entry.FACTS]
    if not facts:
        return
    now = entry.values_of(held)
    for item in facts:
        item.replaced = now[item.field]
    values = {item.field: item.asked for item in facts}
    areas, names = entry.put(held, values)
    if "visibility" in values and _is_own(request):
        held.agreed_on = timezone.localdate(request.asked_at)
    write_organisation(held, areas=areas, names=names)
    _keep_sources(held, request, list(values))
    audit.record(
        actor_of(viewer),
        "changed_organisation",
        held,
        fields=sorted(values),
        request=request.pk,
        version=held.version,
    )


def _is_own(request: ChangeRequest) -> bool:
    """Whether the organisation itself asks: one of its people, or its contact."""
    if request.contact_id is not None:
        return True
    person = request.asked_by
    return person is not None and request.organisation_id in access.viewer_for(person).organisation_ids


def _keep_sources(held: Organisation, request: ChangeRequest, fields: Sequence[str]) -> None:
    """Note for each changed fact where it comes from; an old source of a fact that changed is gone."""
    FactSource.objects.filter(organisation=held, field__in=fields).delete()
    if request.source:
        as_of = timezone.localdate(request.asked_at)
        FactSource.objects.bulk_create(
            FactSource(organisation=held, field=field, source=request.source, as_of=as_of) for field in fields
        )


# --- New entries -------------------------------------------------------------------------------------------------


def add(*, viewer: Viewer, asked: Asked) -> Organisation:
    """Enter an organisation that is not there yet, as a draft that nobody has verified.

    A coordinator enters what is or works in their own areas. Raises ``NotAllowed`` and ``ValidationError`` by field.
    """
    if not access.may_add_organisation(viewer):
        raise NotAllowed
    with transaction.atomic():
        organisation = Organisation(state=OrganisationState.DRAFT, source=asked.source.strip())
        areas, names = entry.put(organisation, asked.values)
        write_organisation(organisation, areas=areas or [], names=names or [])
        organisation.refresh_from_db()
        if not organisation.reach and not access.may_keep_directory(viewer):
            raise ValidationError({"areas": _("Say where it is or works: choose at least one area.")})
        if not access.may_decide_on(viewer, organisation):
            raise ValidationError({"areas": _("Choose at least one of your own areas.")})
        audit.record(
            actor_of(viewer),
            "added_organisation",
            organisation,
            visibility=organisation.visibility,
            areas=len(areas or []),
            version=organisation.version,
        )
        return organisation
