"""Bringing the lines of a file in, each in its own transaction: a broken one spoils no other, a dead worker nothing."""

from __future__ import annotations

import json
import uuid
from dataclasses import replace
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from dialogues.imports.hooks import keep_proposals
from dialogues.imports.problems import checked
from dialogues.imports.processes import process_of
from dialogues.models import (
    DialogueLevel,
    How,
    Process,
    ProcessKind,
    ProcessState,
    Session,
    SessionImport,
    SessionImportRow,
    SessionRowOutcome,
    SessionRowState,
    Track,
)
from dialogues.said import SessionSaid, from_json, said_of, to_json
from dialogues.services.import_progress import Progress
from dialogues.services.sessions import Kept, keep_session
from incidents.services.places import place_of_pcode
from incidents.services.steps import note
from orgs.models import Tlp
from orgs.policy import Viewer
from orgs.services.errors import NotAllowed
from orgs.wording import held_words

ABLE = (SessionRowState.NEW, SessionRowState.CHANGES, SessionRowState.SAME)


def apply(*, job: SessionImport, viewer: Viewer, progress: Progress) -> None:
    """Bring in every line that waits and is in order. Raises what ``Progress`` raises."""
    total = job.rows.filter(state__in=ABLE).count()
    waiting = job.rows.filter(state__in=ABLE, outcome=SessionRowOutcome.WAITING)
    numbers = list(waiting.order_by("pk").values_list("pk", flat=True))
    done = total - len(numbers)
    for number in numbers:
        with transaction.atomic():
            _bring_in(job, viewer, SessionImportRow.objects.select_for_update(of=("self",)).get(pk=number))
        done += 1
        progress.tell(_("Coming in"), done, total)
    job.rows.filter(outcome=SessionRowOutcome.WAITING).update(outcome=SessionRowOutcome.LEFT)


def _bring_in(job: SessionImport, viewer: Viewer, row: SessionImportRow) -> None:
    assert row.session_uid is not None
    try:
        with transaction.atomic():
            before = Session.objects.filter(uid=row.session_uid).values_list("version", flat=True).first() or 0
            kept = _keep(job, viewer, row)
            is_changed = kept.session.version > before
            if is_changed:
                keep_proposals(viewer, kept.session, row.proposals)
    except ValidationError as error:
        row.problems = [*row.problems, *(checked("", words) for words in error.messages)]
        row.outcome = SessionRowOutcome.LEFT
    except NotAllowed as error:
        row.problems = [*row.problems, checked("", str(error) or _("You may not do this, or not any more."))]
        row.outcome = SessionRowOutcome.LEFT
    else:
        row.session, row.outcome = kept.session, _outcome_of(kept, is_changed=is_changed)
        row.version = _version_left(kept, row)
    row.save(update_fields=["problems", "outcome", "session", "version"])


def _keep(job: SessionImport, viewer: Viewer, row: SessionImportRow) -> Kept:
    said = from_json(row.said)
    if row.process_title:
        said = replace(said, process=_process(job, viewer, row, said))
    assert row.session_uid is not None
    return keep_session(
        viewer=viewer,
        uid=row.session_uid,
        edit_key=_edit_key(row, said),
        base_version=_version_before(row),
        said=said,
        how=How.FILE,
    )


def _edit_key(row: SessionImportRow, said: SessionSaid) -> uuid.UUID:
    """The same words for the same session are one edit, however often they are brought; unless the file said
    something else in between: then they are said anew."""
    assert row.session_uid is not None
    words = json.dumps(to_json(said), sort_keys=True)
    own = _bare(row.said)
    between = next((pk for pk, other in _before(row).values_list("pk", "said") if _bare(other) != own), None)
    return uuid.uuid5(row.session_uid, words if between is None else f"{words} after {between}")


def _bare(said: dict[str, Any]) -> dict[str, Any]:
    """Without the process, which a line begins the first time and finds the second."""
    return {name: value for name, value in said.items() if name != "process"}


def _before(row: SessionImportRow) -> QuerySet[SessionImportRow]:
    """What files said of this session before, the latest first."""
    assert row.session_uid is not None
    lines = SessionImportRow.objects.filter(session__uid=row.session_uid, version__isnull=False)
    return lines.exclude(pk=row.pk).order_by("-pk")


def _version_before(row: SessionImportRow) -> int:
    """The last version at which all stood as a file said it: what changed since then, somebody else changed."""
    return _before(row).values_list("version", flat=True).first() or 0


def _version_left(kept: Kept, row: SessionImportRow) -> int:
    """From which version the next file goes on. Where a person’s words stand, it is not the one that stands now:
    the next file would overwrite them, as if it had known them."""
    if kept.created:
        return kept.session.version
    stands = _bare(to_json(said_of(kept.session)))
    return kept.session.version if stands == _bare(row.said) else _version_before(row)


def _outcome_of(kept: Kept, *, is_changed: bool) -> str:
    if kept.created:
        return SessionRowOutcome.CREATED
    if kept.conflicts:
        return SessionRowOutcome.WAITS
    return SessionRowOutcome.CHANGED if is_changed else SessionRowOutcome.SAME


# --- Processes ---------------------------------------------------------------------------------------------------


def _process(job: SessionImport, viewer: Viewer, row: SessionImportRow, said: SessionSaid) -> str:
    """The uid of the process that the line names; begun where there is none of this title."""
    known = process_of(viewer, row.process_title)
    if known is not None:
        return known.uid
    process = _begin_process(job, viewer, row)
    job.processes.add(process)
    if said.led_by is not None:
        process.conveners.add(said.led_by)
    note(viewer, process, "began_process", job=job.pk)
    return str(process.uid)


def _begin_process(job: SessionImport, viewer: Viewer, row: SessionImportRow) -> Process:
    """A process as far as a file tells: people add its purpose and partners on its page."""
    if held := held_words(row.process_title):
        raise ValidationError(held)
    lines = SessionImportRow.objects.filter(job=job, process_title__iexact=row.process_title, state__in=ABLE)
    said = [from_json(each) for each in lines.values_list("said", flat=True)]
    days = [one.held_on for one in said if one.held_on is not None]
    region, cercle = _common_area(said)
    return Process.objects.create(
        title=row.process_title,
        kind=row.process_kind or ProcessKind.OTHER,
        level=DialogueLevel.NATIONAL if region is None else DialogueLevel.REGIONAL,
        track=Track.LOCAL,
        state=ProcessState.RUNNING,
        starts_on=min(days, default=None),
        region_id=region,
        cercle_id=cercle,
        # As closed as its most closed session: opening it is a person's choice.
        tlp=max((one.tlp for one in said), key=Tlp.values.index, default=Tlp.GREEN),
        created_by_id=viewer.user_id,
    )


def _common_area(said: list[SessionSaid]) -> tuple[int | None, int | None]:
    """The region and cercle in which all sessions lie; none for what is held in several or abroad."""
    where = [place_of_pcode(one.area) if one.area else None for one in said]
    regions = {place.region_id if place else None for place in where}
    cercles = {place.cercle_id if place else None for place in where}
    region = regions.pop() if len(regions) == 1 else None
    return region, cercles.pop() if region is not None and len(cercles) == 1 else None
