"""Writing a session down, from wherever and in whatever order: nobody loses a word.

Every edit is kept whole. One that began from another version than the one that stands is joined to it unit by unit
(``dialogues.said.UNITS``); a unit that both changed stays as it stands and waits for a person (``settle``).
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dialogues.access import PROCESSES, may_edit_process, may_edit_session, may_record, people_to_name
from dialogues.checking import check
from dialogues.models import (
    AgeBand,
    Attendance,
    Country,
    EditState,
    How,
    Issue,
    Point,
    PointKind,
    Process,
    Session,
    SessionEdit,
    SessionState,
    Sex,
)
from dialogues.said import (
    JOINABLE,
    SessionSaid,
    cleaned,
    from_json,
    join,
    joined_unit,
    said_of,
    to_json,
    with_unit,
)
from dialogues.services.commitments import keep_in_step
from dialogues.services.proposals import leave_process
from incidents.services.places import place_of_pcode
from incidents.services.steps import note
from orgs.policy import Viewer
from orgs.services.errors import Faster, NotAllowed

MINE, THEIRS, BOTH = "mine", "theirs", "both"


@dataclass(frozen=True)
class Kept:
    """What became of an edit. ``conflicts`` are the units that wait for a person."""

    session: Session
    edit: SessionEdit
    created: bool

    @property
    def conflicts(self) -> list[str]:
        """The units that two people wrote differently."""
        return list(self.edit.conflicts) if self.edit.state == EditState.WAITING else []


def keep_session(
    *,
    viewer: Viewer,
    uid: uuid.UUID,
    edit_key: uuid.UUID,
    base_version: int,
    said: SessionSaid,
    how: str = How.PAGE,
    is_demo: bool = False,
) -> Kept:
    """Write a session down, or what is to be changed in it. The same edit sent twice is one.

    ``uid`` is the session's, given by whoever wrote it first; ``base_version`` the version that the writer had before
    them (0: none). Raises ``ValidationError`` by field of ``SessionSaid``, ``NotAllowed``.
    """
    said = cleaned(said)
    with transaction.atomic():
        session = _held(uid)
        if (known := _known(edit_key)) is not None:
            return _kept_before(viewer, known)
        if session is None:
            check(said)
            try:
                with transaction.atomic():
                    new = Session(uid=uid, how=how, recorded_by_id=viewer.user_id, is_demo=is_demo, version=0)
                    return _begin(viewer, new, edit_key, said)
            except IntegrityError:  # another phone or tab was a moment earlier with the same one
                session = _held(uid)
                if (known := _known(edit_key)) is not None:
                    return _kept_before(viewer, known)
                if session is None:
                    raise
        return _go_on(viewer, session, edit_key, base_version, said)


def settle(
    *, viewer: Viewer, edit: SessionEdit, choices: Mapping[str, str], seen_version: int | None = None
) -> Session:
    """Settle an edit that says something else than what stands: for each unit ``mine``, ``theirs`` or ``both``.

    ``mine`` is what the edit says, ``theirs`` what stands, ``both`` one behind the other (``JOINABLE`` units alone).
    Raises ``ValidationError`` by unit where a choice is missing, or by field where the result cannot be; ``Faster``
    where the session is not at the version any more that the person chose before (``None``: whatever stands).
    """
    with transaction.atomic():
        session = Session.objects.select_for_update(of=("self",)).get(pk=edit.session_id)
        if not may_edit_session(viewer, session):
            raise NotAllowed
        held = SessionEdit.objects.select_for_update(of=("self",)).get(pk=edit.pk)
        if held.state != EditState.WAITING:
            return session
        if seen_version is not None and seen_version != session.version:
            raise Faster(session.version)
        result = _chosen(said_of(session), from_json(held.said), held.conflicts, choices)
        check(result)
        _write(viewer, session, result, uuid.uuid4(), session.version)
        held.state, held.settled_by_id, held.settled_at = EditState.SETTLED, viewer.user_id, timezone.now()
        held.save(update_fields=["state", "settled_by", "settled_at"])
        note(viewer, session, "settled", units=len(held.conflicts))
    return session


def _held(uid: uuid.UUID) -> Session | None:
    """The session, for as long as this edit is kept; whoever sent the same edit at once waits, and then finds it."""
    return Session.objects.select_for_update(of=("self",)).filter(uid=uid).first()


def _known(edit_key: uuid.UUID) -> SessionEdit | None:
    return SessionEdit.objects.select_related("session").filter(edit_key=edit_key).first()


def _kept_before(viewer: Viewer, known: SessionEdit) -> Kept:
    if not may_edit_session(viewer, known.session):
        raise NotAllowed
    return Kept(known.session, known, created=False)


def _begin(viewer: Viewer, session: Session, edit_key: uuid.UUID, said: SessionSaid) -> Kept:
    if not may_record(viewer):
        raise NotAllowed
    _check_named(viewer, said)
    edit = _write(viewer, session, said, edit_key, 0)
    note(viewer, session, "recorded", how=session.how)
    return Kept(session, edit, created=True)


def _go_on(viewer: Viewer, session: Session, edit_key: uuid.UUID, base_version: int, said: SessionSaid) -> Kept:
    if not may_edit_session(viewer, session):
        raise NotAllowed
    stands, base = said_of(session), _at_version(session, base_version)
    _check_named(viewer, said, stands, base)
    result, conflicts = join(base, stands, said)
    # What stands together is checked together: each of two edits can be right, and both at once not.
    check(result)
    changed = result != stands
    edit = (
        _write(viewer, session, result, edit_key, base_version, as_written=said)
        if changed
        else _note_edit(viewer, session, said, edit_key, base_version)
    )
    if conflicts:
        edit.state, edit.conflicts = EditState.WAITING, conflicts
        edit.save(update_fields=["state", "conflicts"])
    note(viewer, session, "edited", version=session.version, conflicts=len(conflicts))
    return Kept(session, edit, created=False)


def _at_version(session: Session, version: int) -> SessionSaid:
    """What stood at a version; nothing for one that is not known, so that whatever differs is asked of a person."""
    edit = session.edits.filter(version=version).first()
    return from_json(edit.stood) if edit is not None else SessionSaid()


def _chosen(stands: SessionSaid, written: SessionSaid, conflicts: list[str], choices: Mapping[str, str]) -> SessionSaid:
    problems: dict[str, str] = {}
    for unit in conflicts:
        choice = choices.get(unit)
        if choice == MINE:
            stands = with_unit(stands, unit, written)
        elif choice == BOTH and unit in JOINABLE:
            stands = joined_unit(stands, unit, written)
        elif choice != THEIRS:
            problems[unit] = _("Choose which of the two is to stand.")
    if problems:
        raise ValidationError(problems)
    return stands


# --- Writing -----------------------------------------------------------------------------------------------------


def _write(
    viewer: Viewer,
    session: Session,
    said: SessionSaid,
    edit_key: uuid.UUID,
    base_version: int,
    *,
    as_written: SessionSaid | None = None,
) -> SessionEdit:
    _check_promised(session, said)
    process = _process_of(viewer, said, session)
    where = place_of_pcode(said.area) if said.country == Country.MALI else None
    for name in (
        "title", "kind", "state", "number", "held_on", "starts_at", "ends_at", "country", "place_text", "people",
        "spectators", "agenda", "minutes", "tlp",
    ):  # fmt: skip
        setattr(session, name, getattr(said, name))
    for name in ("spoken", "interpreted", "invited", "absent"):
        setattr(session, name, list(getattr(said, name)))
    session.process, session.led_by_id = process, said.led_by
    session.region_id = where.region_id if where else None
    session.cercle_id = where.cercle_id if where else None
    session.commune_id = where.commune_id if where else None
    _sum_up(session, said)
    session.version += 1
    session.save()
    session.facilitators.set(said.facilitators)
    session.present.set(said.present)
    _write_lines(session, said)
    keep_in_step(session)
    leave_process(session)
    return _note_edit(viewer, session, as_written or said, edit_key, base_version, stood=said)


def _process_of(viewer: Viewer, said: SessionSaid, session: Session) -> Process | None:
    if not said.process:
        return None
    if session.process is not None and str(session.process.uid) == said.process:
        return session.process
    try:
        process = Process.objects.filter(uid=uuid.UUID(said.process)).first()
    except ValueError:
        process = None
    if process is None or not PROCESSES.sees(viewer, process):
        raise ValidationError({"process": _("There is no such process.")})
    if not may_edit_process(viewer, process):
        raise ValidationError({"process": _("Only those who hold this process add sessions to it.")})
    return process


def _check_promised(session: Session, said: SessionSaid) -> None:
    if said.state != SessionState.HELD and session.pk is not None and session.commitments.exists():
        raise ValidationError({"state": _("Something was promised in this session: it was held.")})


def _check_named(viewer: Viewer, said: SessionSaid, *before: SessionSaid) -> None:
    """Also in what only waits to be settled: it is shown to its writer, with names."""
    anew = set(said.facilitators).difference(*(one.facilitators for one in before))
    if anew and people_to_name(viewer, said.led_by).filter(pk__in=anew).count() != len(anew):
        raise ValidationError({"facilitators": _("Name yourself, or colleagues who hold sessions with you.")})


def _sum_up(session: Session, said: SessionSaid) -> None:
    """Totals that lists and inclusion read, kept with the row."""
    session.women = sum(one.count for one in said.attendance if one.sex == Sex.WOMEN)
    session.men = sum(one.count for one in said.attendance if one.sex == Sex.MEN)
    session.youth = sum(one.count for one in said.attendance if one.age_band == AgeBand.YOUTH)
    session.aged = sum(one.count for one in said.attendance if one.age_band != AgeBand.UNKNOWN)


def _write_lines(session: Session, said: SessionSaid) -> None:
    session.attendance.all().delete()
    Attendance.objects.bulk_create(
        Attendance(session=session, sex=one.sex, age_band=one.age_band, group=one.group, count=one.count)
        for one in said.attendance
    )
    session.issues.all().delete()
    Issue.objects.bulk_create(
        Issue(session=session, position=place, words=one.words, needs=list(one.needs), themes=list(one.themes))
        for place, one in enumerate(said.issues)
    )
    session.points.all().delete()
    for kind, lines in ((PointKind.AGREEMENT, said.agreements), (PointKind.DISAGREEMENT, said.disagreements)):
        Point.objects.bulk_create(
            Point(session=session, kind=kind, position=place, words=words) for place, words in enumerate(lines)
        )


def _note_edit(
    viewer: Viewer,
    session: Session,
    said: SessionSaid,
    edit_key: uuid.UUID,
    base_version: int,
    *,
    stood: SessionSaid | None = None,
) -> SessionEdit:
    return SessionEdit.objects.create(
        session=session,
        edit_key=edit_key,
        base_version=base_version,
        version=session.version if stood is not None else None,
        said=to_json(said),
        stood=to_json(stood) if stood is not None else {},
        written_by_id=viewer.user_id,
    )
