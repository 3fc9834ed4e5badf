"""Writing down what was promised, and what came of it. Notes are added and never changed.

promised --begin--> begun --keep, break, overtake--> kept, broken, overtaken
promised --keep, break, overtake--> kept, broken, overtaken
any --correct (a coordinator, with a reason)--> any other
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Case, F, When
from django.utils import timezone
from django.utils.translation import gettext as _

from dialogues.access import is_owner, may_correct, may_decide, may_follow, may_promise_in
from dialogues.models import (
    Commitment,
    CommitmentPerson,
    CommitmentState,
    Consent,
    FollowUp,
    OwnerKind,
    Priority,
    Process,
    Session,
    SessionState,
)
from dialogues.services.carried_out import priority_refused
from incidents.services.steps import note
from orgs.crypto import seal
from orgs.models import Actor, ActorSector, Organisation, OrganisationState, Tlp
from orgs.policy import Viewer
from orgs.services.errors import Faster, NotAllowed
from orgs.wording import held_words

LONGEST_LINE = 500
LONGEST_NOTE = 2_000
LONGEST_NAME = 200
FURTHEST = timedelta(days=20 * 366)

_PROMISED, _BEGUN = CommitmentState.PROMISED, CommitmentState.BEGUN
_ENDS = (CommitmentState.KEPT, CommitmentState.BROKEN, CommitmentState.OVERTAKEN)
STEPS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {_PROMISED: (_BEGUN, *_ENDS), _BEGUN: _ENDS, **dict.fromkeys(_ENDS, ())}
)
"""State -> the states that may follow. Nothing else changes it but a correction."""

BY_OWNER = frozenset([_BEGUN])
"""What the owner says of its own promise; whether it was kept is said by others."""


@dataclass(frozen=True)
class NamedPerson:
    """A person who promised, and agreed that their name be kept."""

    name: str
    consent: str
    consented_on: date | None
    contact: str = ""


@dataclass(frozen=True)
class Promise:
    """What is written down of a promise. Exactly one of ``organisation``, ``actor`` and ``person`` is given."""

    what: str
    organisation: Organisation | None = None
    actor: Actor | None = None
    person: NamedPerson | None = None
    due_on: date | None = None
    evidence: str = ""
    agreed_public_on: date | None = None
    priority: Priority | None = None


def promise(
    *, viewer: Viewer, place: Session | Process, uid: uuid.UUID, said: Promise, is_demo: bool = False
) -> Commitment:
    """Write down what was promised in a session or a process. The same form sent twice is one commitment.

    Raises ``ValidationError`` by field of ``Promise`` or ``NamedPerson``, ``NotAllowed``.
    """
    if not may_promise_in(viewer, place):
        raise NotAllowed
    with transaction.atomic():
        # Held, so that two tabs that send one form come one behind the other.
        place = type(place)._default_manager.select_for_update(of=("self",)).get(pk=place.pk)
        before = Commitment.objects.filter(uid=uid).first()
        if before is not None:
            if before.made_by_id != viewer.user_id:
                raise NotAllowed
            return before
        made = _begun_in(place)
        _raise([*_place_problems(place), *_words_problems(said, made.promised_on), *_owner_problems(said)])
        _carries_out(viewer, made, said.priority)
        made.uid, made.made_by_id, made.is_demo = uid, viewer.user_id, is_demo or place.is_demo
        made.what, made.due_on, made.evidence = said.what, said.due_on, said.evidence
        made.organisation, made.actor = said.organisation, said.actor
        made.owner_kind = _kind_of(said)
        _make_public(made, said.agreed_public_on)
        made.save()
        if said.person is not None:
            _seal_person(viewer, made, said.person)
        note(viewer, made, "promised", owner=made.owner_kind, public=made.is_public, priority=made.priority_id)
    return made


def change_words(
    *, viewer: Viewer, commitment: Commitment, version: int, what: str, due_on: date | None, evidence: str
) -> Commitment:
    """Put the words or the day right, as long as nobody has followed it. Raises ``Faster`` by its version."""
    with transaction.atomic():
        held = _held(commitment)
        if not may_decide(viewer, held):
            raise NotAllowed
        if held.follow_ups.exists():
            raise NotAllowed(_("Somebody has followed this commitment already: its words stay as they were."))
        if held.version != version:
            raise Faster(held.version)
        if held.is_public and what != held.what:
            # It was agreed that everybody may read those words, and no others.
            words = _("Everybody reads these words, as was agreed. Take them from the public first.")
            raise ValidationError({"what": words})
        said = Promise(what, due_on=due_on, evidence=evidence)
        _raise(_words_problems(said, held.promised_on))
        held.what, held.due_on, held.evidence = what, due_on, evidence
        _keep(held)
        note(viewer, held, "reworded", version=held.version)
    return held


def follow(*, viewer: Viewer, commitment: Commitment, state: str = "", words: str = "", evidence: str = "") -> FollowUp:
    """Say what became of a commitment: a note, a step to another ``state``, or both. Sent twice, it is one."""
    with transaction.atomic():
        held = _held(commitment)
        if not may_follow(viewer, held):
            raise NotAllowed
        after = state or held.state
        last = held.follow_ups.first()
        if last is not None and _is_the_same(last, viewer, after, words, evidence):
            return last
        if after != held.state and after not in steps_for(viewer, held):
            raise ValidationError({"state": _step_refused(viewer, held)})
        if after == held.state and not words:
            raise ValidationError({"words": _("Write a note, or choose how far it is.")})
        _raise([*_text("words", words, LONGEST_NOTE), *_text("evidence", evidence, LONGEST_LINE)])
        return _added(viewer, held, after, words=words, evidence=evidence)


def correct(*, viewer: Viewer, commitment: Commitment, state: str, words: str) -> FollowUp:
    """Put right a state that was wrong: a coordinator, with a reason in ``words``."""
    with transaction.atomic():
        held = _held(commitment)
        if not may_correct(viewer, held):
            raise NotAllowed
        if state not in CommitmentState.values or state == held.state:
            raise ValidationError({"state": _("Choose the state that is right.")})
        if not words:
            raise ValidationError({"words": _("Write why it was wrong.")})
        _raise(_text("words", words, LONGEST_NOTE))
        return _added(viewer, held, state, words=words, is_correction=True)


def make_public(
    *, viewer: Viewer, commitment: Commitment, agreed_on: date | None, version: int | None = None
) -> Commitment:
    """Show a commitment to everybody, by an agreement of that day; ``None`` takes it back.

    ``version`` is the one whose words were agreed to; raises ``Faster`` where it stands no more.
    """
    with transaction.atomic():
        held = _held(commitment)
        if not may_decide(viewer, held):
            raise NotAllowed
        if version is not None and held.version != version:
            raise Faster(held.version)
        _make_public(held, agreed_on)
        _keep(held)
        note(viewer, held, "made_public" if held.is_public else "taken_from_public", version=held.version)
    return held


def keep_in_step(place: Session | Process) -> int:
    """Give the commitments of a session or process its areas, marking and day; called whenever that is written."""
    rows = place.commitments.all() if isinstance(place, Session) else place.commitments.filter(session=None)
    columns: dict[str, Any] = {
        "region": place.region_id, "cercle": place.cercle_id, "commune": place.commune_id, "tlp": place.tlp,
    }  # fmt: skip
    moved: dict[str, Any] = {"version": F("version") + 1, "updated_at": timezone.now()}
    if isinstance(place, Session):
        columns |= {"process": place.process_id, "promised_on": place.held_on}
        # The priority that it carried out belongs to the process that the session has left.
        moved["priority"] = Case(When(process=place.process_id, then=F("priority")), default=None)
    return rows.exclude(**columns).update(**columns, **moved)


def steps_for(viewer: Viewer, commitment: Commitment) -> tuple[str, ...]:
    """The states to which this viewer may take it now."""
    following = STEPS[commitment.state]
    if may_decide(viewer, commitment):
        return following
    return tuple(state for state in following if state in BY_OWNER) if may_follow(viewer, commitment) else ()


# --- Writing -----------------------------------------------------------------------------------------------------


def _held(commitment: Commitment) -> Commitment:
    return Commitment.objects.select_for_update(of=("self",)).get(pk=commitment.pk)


def _keep(held: Commitment) -> None:
    held.version += 1
    held.save()


def _begun_in(place: Session | Process) -> Commitment:
    return Commitment(
        session=place if isinstance(place, Session) else None,
        process=place.process if isinstance(place, Session) else place,
        promised_on=place.held_on if isinstance(place, Session) else timezone.localdate(),
        region_id=place.region_id,
        cercle_id=place.cercle_id,
        commune_id=place.commune_id,
        tlp=place.tlp,
    )


def _carries_out(viewer: Viewer, made: Commitment, priority: Priority | None) -> None:
    if words := priority_refused(viewer, made, priority):
        raise ValidationError({"priority": words})
    made.priority = priority


def _kind_of(said: Promise) -> str:
    if said.organisation is not None:
        return OwnerKind.ORGANISATION
    return OwnerKind.ACTOR if said.actor is not None else OwnerKind.PERSON


def _seal_person(viewer: Viewer, commitment: Commitment, person: NamedPerson) -> None:
    assert person.consented_on is not None  # checked before
    CommitmentPerson.objects.create(
        commitment=commitment,
        sealed=seal({"name": person.name, "contact": person.contact}),
        consent=person.consent,
        consented_on=person.consented_on,
        added_by_id=viewer.user_id,
    )


def _make_public(held: Commitment, agreed_on: date | None) -> None:
    if agreed_on is not None:
        if held.owner_kind == OwnerKind.PERSON:
            raise ValidationError({"agreed_public_on": _("What a single person promised is not made public.")})
        if held.tlp not in Tlp.up_to(Tlp.GREEN):
            words = _("It was promised where more is kept back than GREEN: change the marking there first.")
            raise ValidationError({"agreed_public_on": words})
        if agreed_on > timezone.localdate() or agreed_on < held.promised_on:
            raise ValidationError({"agreed_public_on": _("Between the day of the promise and today.")})
    held.is_public, held.agreed_public_on = agreed_on is not None, agreed_on


def _is_the_same(last: FollowUp, viewer: Viewer, after: str, words: str, evidence: str) -> bool:
    """Whether the last line says just this: somebody pressed the button twice."""
    said = (last.by_id, last.state, last.words, last.evidence, last.is_correction)
    return said == (viewer.user_id, after, words, evidence, False)


def _added(
    viewer: Viewer, held: Commitment, after: str, *, words: str, evidence: str = "", is_correction: bool = False
) -> FollowUp:
    made = FollowUp.objects.create(
        commitment=held,
        words=words,
        evidence=evidence,
        before=held.state,
        state=after,
        is_correction=is_correction,
        by_owner=is_owner(viewer, held),
        by_id=viewer.user_id,
    )
    held.state = after
    _keep(held)
    note(viewer, held, "corrected" if is_correction else "followed", state=after, version=held.version)
    return made


# --- What cannot be ----------------------------------------------------------------------------------------------

Problems = list[tuple[str, str]]


def _raise(problems: Problems) -> None:
    if problems:
        found: dict[str, list[str]] = {}
        for name, words in problems:
            found.setdefault(name, []).append(words)
        raise ValidationError(found)


def _place_problems(place: Session | Process) -> Problems:
    if isinstance(place, Session) and place.state != SessionState.HELD:
        return [("what", _("This session has not been held: nothing was promised in it."))]
    return []


def _words_problems(said: Promise, promised_on: date) -> Problems:
    found = [] if said.what else [("what", _("Write what was promised."))]
    found += [*_text("what", said.what, LONGEST_LINE), *_text("evidence", said.evidence, LONGEST_LINE)]
    if said.due_on is not None and said.due_on < promised_on:
        found.append(("due_on", _("This is before the day of the promise.")))
    elif said.due_on is not None and said.due_on > promised_on + FURTHEST:
        found.append(("due_on", _("This is more than twenty years ahead.")))
    return found


def _owner_problems(said: Promise) -> Problems:
    given = [one for one in (said.organisation, said.actor, said.person) if one is not None]
    if len(given) != 1:
        return [("organisation", _("Say who promised it: one organisation, one actor, or one person."))]
    if said.organisation is not None and is_out_of_the_directory(said.organisation):
        return [("organisation", _("This organisation is not in the directory any more."))]
    if said.actor is not None and said.actor.sector == ActorSector.ARMED_GROUP:
        return [("actor", _("An armed group is not kept as the owner of a promise."))]
    return _person_problems(said.person) if said.person is not None else []


def _person_problems(person: NamedPerson) -> Problems:
    found: Problems = []
    if not person.name:
        found.append(("name", _("Write the name, or choose an organisation.")))
    if max(len(person.name), len(person.contact)) > LONGEST_NAME:
        found.append(("name", _("At most %(n)d characters.") % {"n": LONGEST_NAME}))
    if person.consent not in Consent.values:
        found.append(("consent", _("A name is kept only if the person agreed: say how.")))
    if person.consented_on is None or person.consented_on > timezone.localdate():
        found.append(("consented_on", _("Write the day on which they agreed.")))
    return found


def is_out_of_the_directory(organisation: Organisation) -> bool:
    """Whether an organisation was merged into another one or is no longer active."""
    return organisation.merged_into_id is not None or organisation.state == OrganisationState.RETIRED


def _step_refused(viewer: Viewer, held: Commitment) -> str:
    if held.is_open and not may_decide(viewer, held):
        return _("Whether it was kept is said by those who held the session. Write a note to them.")
    words = _("This does not follow any more: it is “%(state)s”. A coordinator can put it right.")
    return words % {"state": held.get_state_display()}


def _text(name: str, words: str, longest: int) -> Problems:
    """Never where forces are or move, never how to reach a person."""
    found = [(name, _("At most %(n)d characters.") % {"n": longest})] if len(words) > longest else []
    return [*found, *((name, held) for held in held_words(words))]
