"""Processes: beginning one, changing it, and which organisations carry it."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dialogues.access import may_edit_process, may_record
from dialogues.models import DialogueLevel, Process, ProcessKind, ProcessState, Track
from dialogues.services.commitments import keep_in_step
from incidents.said import clean_words
from incidents.services.errors import ChangedMeanwhile, NotAllowed
from incidents.services.places import place_of_pcode
from incidents.services.steps import note
from orgs import audit
from orgs.access import ORGANISATIONS
from orgs.models import Organisation, Tlp
from orgs.policy import Viewer
from orgs.wording import held_words

PARTS = ("conveners", "steering", "partners", "funders")
"""As what an organisation takes part in a process: the names of the fields."""

LONGEST_TITLE = 200
LONGEST_PURPOSE = 5000
EARLIEST, LATEST = date(1960, 1, 1), date(2100, 1, 1)
_WRITTEN = (
    "title", "purpose", "kind", "level", "track", "state", "starts_on", "ends_on", "tlp", "funders_text",
)  # fmt: skip
_ONE_OF_LIST = gettext_lazy("Choose one of the list.")


@dataclass(frozen=True)
class ProcessSaid:
    """What is written of a process. ``area`` is a P-code of today's division; empty for the whole country."""

    title: str = ""
    purpose: str = ""
    kind: str = ProcessKind.OTHER
    level: str = DialogueLevel.COMMUNAL
    track: str = Track.LOCAL
    state: str = ProcessState.PLANNED
    starts_on: date | None = None
    ends_on: date | None = None
    area: str = ""
    tlp: str = Tlp.GREEN
    funders_text: str = ""


def begin(
    *,
    viewer: Viewer,
    uid: uuid.UUID,
    said: ProcessSaid,
    convener: Organisation | None = None,
    is_demo: bool = False,
) -> Process:
    """Begin a process. ``uid`` is the form's own, so that the same form sent twice is one process.

    Raises ``ValidationError`` by field of ``ProcessSaid``, ``NotAllowed``.
    """
    if not may_record(viewer) or (convener is not None and not ORGANISATIONS.sees(viewer, convener)):
        raise NotAllowed
    said = _checked(said)
    with transaction.atomic():
        process, is_new = Process.objects.get_or_create(
            uid=uid, defaults={**_columns(said), "created_by_id": viewer.user_id, "is_demo": is_demo}
        )
        if not is_new:
            if not may_edit_process(viewer, process):
                raise NotAllowed
            return process
        if convener is not None:
            process.conveners.add(convener)
        note(viewer, process, "begun", version=process.version)
    return process


def change(*, viewer: Viewer, process: Process, version: int, said: ProcessSaid) -> Process:
    """Write a process anew. ``version`` is the one that the writer had before them.

    Raises ``ChangedMeanwhile`` where another stands by now, ``ValidationError`` by field, ``NotAllowed``.
    """
    said = _checked(said)
    with transaction.atomic():
        held = _hold(viewer, process)
        if held.version != version:
            raise _changed_meanwhile(held, version)
        for name, value in _columns(said).items():
            setattr(held, name, value)
        held.version += 1
        held.save()
        keep_in_step(held)
        note(viewer, held, "changed", version=held.version)
    return held


def add_body(*, viewer: Viewer, process: Process, part: str, organisation: Organisation) -> None:
    """Say that an organisation takes part (``PARTS``). Saying it twice changes nothing."""
    if part not in PARTS:
        raise ValidationError({"part": str(_ONE_OF_LIST)})
    with transaction.atomic():
        held = _hold(viewer, process)
        if organisation.merged_into_id is not None or not ORGANISATIONS.sees(viewer, organisation):
            raise ValidationError({"organisation": _("There is no organisation of this name in the directory.")})
        getattr(held, part).add(organisation)
        note(viewer, held, "body_added", part=part, organisation=organisation.pk)


def remove_body(*, viewer: Viewer, process: Process, part: str, organisation: Organisation) -> None:
    """Take an organisation off. Where it is not there, nothing changes."""
    if part not in PARTS:
        raise ValidationError({"part": str(_ONE_OF_LIST)})
    with transaction.atomic():
        held = _hold(viewer, process)
        getattr(held, part).remove(organisation)
        note(viewer, held, "body_removed", part=part, organisation=organisation.pk)


def said_of(process: Process) -> ProcessSaid:
    """What stands of a process now, in the shape in which it is written."""
    area = process.commune or process.cercle or process.region
    said = ProcessSaid(area=area.pcode if area else "")
    return replace(said, **{name: getattr(process, name) for name in _WRITTEN})


def _hold(viewer: Viewer, process: Process) -> Process:
    held = Process.objects.select_for_update(of=("self",)).get(pk=process.pk)
    if not may_edit_process(viewer, held):
        raise NotAllowed
    return held


def _changed_meanwhile(held: Process, version: int) -> ChangedMeanwhile:
    since = audit.entries_of(held).filter(facts__version__gt=version).select_related("actor").order_by("-id")
    changes = list(since[:10])
    last = changes[0] if changes else None
    return ChangedMeanwhile(
        by=last.actor if last else None, at=last.at if last else None, version=held.version, changes=changes
    )


def _columns(said: ProcessSaid) -> dict[str, object]:
    where = place_of_pcode(said.area) if said.area else None
    return {
        **{name: getattr(said, name) for name in _WRITTEN},
        "region_id": where.region_id if where else None,
        "cercle_id": where.cercle_id if where else None,
        "commune_id": where.commune_id if where else None,
    }


def _checked(said: ProcessSaid) -> ProcessSaid:
    said = replace(
        said,
        title=clean_words(said.title),
        purpose=clean_words(said.purpose),
        funders_text=clean_words(said.funders_text),
    )
    problems: dict[str, list[str]] = {}
    for name, words in _problems(said):
        problems.setdefault(name, []).append(words)
    if problems:
        raise ValidationError(problems)
    return said


def _problems(said: ProcessSaid) -> Iterator[tuple[str, str]]:
    choices = {"kind": ProcessKind, "level": DialogueLevel, "track": Track, "state": ProcessState, "tlp": Tlp}
    for name, known in choices.items():
        if getattr(said, name) not in known.values:
            yield name, str(_ONE_OF_LIST)
    if said.area and place_of_pcode(said.area, of_today=True) is None:
        yield "area", _("There is no area of this P-code in today’s division.")
    for name in ("starts_on", "ends_on"):
        day = getattr(said, name)
        if day is not None and not EARLIEST <= day <= LATEST:
            yield name, _("This year cannot be right.")
    if said.starts_on and said.ends_on and said.ends_on < said.starts_on:
        yield "ends_on", _("This is before the beginning.")
    yield from _words(said)


def _words(said: ProcessSaid) -> Iterator[tuple[str, str]]:
    if not said.title:
        yield "title", _("Give it a title.")
    for name, longest in (("title", LONGEST_TITLE), ("purpose", LONGEST_PURPOSE), ("funders_text", LONGEST_TITLE)):
        words = getattr(said, name)
        if len(words) > longest:
            yield name, _("At most %(n)d characters.") % {"n": longest}
        for held in held_words(words):
            yield name, held
