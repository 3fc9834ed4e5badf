"""Writing down what sessions propose, and grouping like proposals into priorities. Every step of grouping is undone."""

import json
from collections.abc import Collection, Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dialogues.access import PROPOSALS, may_group, may_propose
from dialogues.models import GroupingKind, GroupingStep, Priority, Process, Proposal, Session
from incidents.said import clean_words
from incidents.services.steps import note
from orgs.models import Term, Vocabulary
from orgs.models.areas import plain_words
from orgs.policy import Viewer
from orgs.services.errors import NotAllowed
from orgs.wording import held_words

LONGEST_TITLE = 200
LONGEST_WORDS = 500
LONGEST_THEME = 100
MOST_LINES = 60
"""Proposals that are written at once."""


def write_proposals(*, viewer: Viewer, session: Session, lines: Iterable[str], theme: str = "") -> int:
    """Write down what a session proposes, one a line; returns how many are new. What stands there already is left.

    Raises ``ValidationError`` (``lines``, ``theme``), ``NotAllowed``.
    """
    said: dict[str, str] = {}
    for line in map(clean_words, lines):
        if line:
            said.setdefault(words_key(line), line)
    words = list(said.values())
    _check_lines(words, theme)
    with transaction.atomic():
        held = Session.objects.select_for_update(of=("self",), no_key=True).get(pk=session.pk)
        if not may_propose(viewer, held):
            raise NotAllowed
        known = list(held.proposals.values_list("words_key", "position"))
        before, start = {key for key, _place in known}, max((place + 1 for _key, place in known), default=0)
        new = [line for line in words if words_key(line) not in before]
        Proposal.objects.bulk_create(
            Proposal(
                session=held, position=start + place, words=line, words_key=words_key(line), theme=theme,
                written_by_id=viewer.user_id,
            )
            for place, line in enumerate(new)
        )  # fmt: skip
        if new:
            note(viewer, held, "proposed", proposals=len(new))
    return len(new)


def remove_proposal(*, viewer: Viewer, proposal: Proposal) -> None:
    """Take away a proposal that was written by mistake; not one that is in a priority."""
    with transaction.atomic():
        held = Proposal.objects.select_for_update(of=("self",)).select_related("session").get(pk=proposal.pk)
        if not may_propose(viewer, held.session):
            raise NotAllowed
        if held.priority_id is not None:
            raise ValidationError(_("It is in a priority. Take it out there first."))
        held.delete()
        note(viewer, proposal.session, "proposal_removed")


def leave_process(session: Session) -> None:
    """Take what a session proposed out of the priorities of the process it has left; its new one groups it anew."""
    session.proposals.exclude(priority=None).exclude(priority__process=session.process_id).update(priority=None)


def words_key(line: str) -> str:
    """By what a proposal is known in its session."""
    return plain_words(line)[:1000]


def _check_lines(lines: list[str], theme: str) -> None:
    problems: dict[str, list[str]] = {}
    if not lines:
        problems.setdefault("lines", []).append(_("Write at least one proposal."))
    if len(lines) > MOST_LINES:
        problems.setdefault("lines", []).append(_("At most %(n)d proposals at once.") % {"n": MOST_LINES})
    for line in lines:
        if len(line) > LONGEST_WORDS:
            text = _("“%(words)s…” is too long: at most %(n)d characters a proposal.")
            problems.setdefault("lines", []).append(text % {"words": line[:40], "n": LONGEST_WORDS})
        if not plain_words(line):
            problems.setdefault("lines", []).append(_("“%(words)s” has no words.") % {"words": line[:40]})
        problems.setdefault("lines", []).extend(held_words(line))
    if theme and not Term.objects.of(Vocabulary.THEME).filter(code=theme).exists():
        problems["theme"] = [_("There is no such theme in the list.")]
    problems = {name: words for name, words in problems.items() if words}
    if problems:
        raise ValidationError(problems)


# --- Priorities --------------------------------------------------------------------------------------------------


def make_priority(
    *,
    viewer: Viewer,
    process: Process,
    title: str,
    words: str = "",
    theme: str = "",
    proposals: Collection[int] = (),
    is_demo: bool = False,
) -> Priority:
    """Make a priority, of the proposals given or of none. Raises ``ValidationError`` by field, ``NotAllowed``."""
    said = _checked_priority(title, words, theme)
    with transaction.atomic():
        held = _held_process(viewer, process)
        position = held.priorities.count()
        made = Priority.objects.create(
            process=held, position=position, made_by_id=viewer.user_id, is_demo=is_demo, **said
        )
        _move(viewer, GroupingKind.NEW, made, _chosen(viewer, held, proposals))
    return made


def write_priority(*, viewer: Viewer, priority: Priority, title: str, words: str, theme: str) -> Priority:
    """Put a priority into other words. Rounds that were opened before keep the words that people rated."""
    said = _checked_priority(title, words, theme)
    with transaction.atomic():
        held = _held_priority(viewer, priority)
        for name, value in said.items():
            setattr(held, name, value)
        held.save()
        note(viewer, held, "written")
    return held


def put_in(*, viewer: Viewer, priority: Priority, proposals: Collection[int]) -> int:
    """Put proposals into a priority, also out of another; returns how many were moved."""
    with transaction.atomic():
        held = _held_priority(viewer, priority)
        rows = [one for one in _chosen(viewer, held.process, proposals) if one.priority_id != held.pk]
        if not rows:
            raise ValidationError({"proposals": _("Choose at least one proposal.")})
        _move(viewer, GroupingKind.PUT, held, rows)
    return len(rows)


def take_out(*, viewer: Viewer, proposal: Proposal) -> None:
    """Take one proposal out of its priority: it waits to be grouped again."""
    if proposal.session.process is None:
        raise NotAllowed
    with transaction.atomic():
        process = _held_process(viewer, proposal.session.process)
        rows = [one for one in _chosen(viewer, process, [proposal.pk]) if one.priority_id is not None]
        if not rows:
            raise NotAllowed
        moved = [[one.pk, one.priority_id] for one in rows]
        left = rows[0].priority
        Proposal.objects.filter(pk__in=[one.pk for one in rows]).update(priority=None)
        _step(viewer, process, GroupingKind.OUT, left, moved)


def merge(*, viewer: Viewer, kept: Priority, other: Priority) -> None:
    """Put everything of ``other`` into ``kept``. ``other`` is not offered any more; undoing brings it back."""
    if kept.pk == other.pk or kept.process_id != other.process_id:
        raise ValidationError({"other": _("Choose another priority of this process.")})
    with transaction.atomic():
        held = _held_priority(viewer, kept)
        gone = _held_priority(viewer, other)
        moved = [[pk, gone.pk] for pk in gone.proposals.order_by("pk").values_list("pk", flat=True)]
        gone.proposals.update(priority=held)
        Priority.objects.filter(pk=gone.pk).update(merged_into=held)
        _step(viewer, held.process, GroupingKind.MERGE, held, moved, other=gone)


def withdraw(*, viewer: Viewer, priority: Priority) -> None:
    """Take a priority back: its proposals wait to be grouped again; rounds that rated it keep it."""
    with transaction.atomic():
        held = _held_priority(viewer, priority)
        moved = [[pk, held.pk] for pk in held.proposals.order_by("pk").values_list("pk", flat=True)]
        held.proposals.update(priority=None)
        Priority.objects.filter(pk=held.pk).update(withdrawn_at=timezone.now())
        _step(viewer, held.process, GroupingKind.WITHDRAW, held, moved)


def last_step(process: Process) -> GroupingStep | None:
    """The step that would be undone next."""
    return process.grouping_steps.filter(undone_at__isnull=True).order_by("-pk").first()


def undo(*, viewer: Viewer, process: Process, step: int) -> GroupingStep:
    """Undo the last step of grouping, which must be the one that the person was shown."""
    with transaction.atomic():
        held = _held_process(viewer, process)
        found = last_step(held)
        if found is None or found.pk != step:
            raise ValidationError(_("Somebody has grouped since. Look again before you undo."))
        _put_back(held, found.moved)
        if found.kind == GroupingKind.NEW:
            _change(found.priority, withdrawn_at=timezone.now())
        elif found.kind == GroupingKind.WITHDRAW:
            _change(found.priority, withdrawn_at=None)
        elif found.kind == GroupingKind.MERGE:
            _change(found.other, merged_into=None)
        GroupingStep.objects.filter(pk=found.pk).update(undone_at=timezone.now())
        note(viewer, held, "grouping_undone", step=found.pk, kind=found.kind)
    return found


def _change(priority: Priority | None, **columns: Any) -> None:
    if priority is not None:
        Priority.objects.filter(pk=priority.pk).update(**columns)


def _put_back(process: Process, moved: list[list[int | None]]) -> None:
    """As it stood before; what a session took along into another process stays there."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE dialogues_proposal p SET priority_id = (m->>1)::bigint "
            "FROM jsonb_array_elements(%s::jsonb) m, dialogues_session s "
            "WHERE p.id = (m->>0)::bigint AND s.id = p.session_id AND s.process_id = %s",
            [json.dumps(moved), process.pk],
        )


def _held_process(viewer: Viewer, process: Process) -> Process:
    """Lock the process, so that steps of grouping come one after the other; then ask again who may."""
    held: Process = Process.objects.select_for_update(of=("self",), no_key=True).get(pk=process.pk)
    if not may_group(viewer, held):
        raise NotAllowed
    return held


def _held_priority(viewer: Viewer, priority: Priority) -> Priority:
    _held_process(viewer, priority.process)
    held = Priority.objects.standing().select_related("process").filter(pk=priority.pk).first()
    if held is None:
        raise NotAllowed(_("This priority was merged or taken back meanwhile."))
    return held


def _chosen(viewer: Viewer, process: Process, numbers: Collection[int]) -> list[Proposal]:
    if not numbers:
        return []
    rows = PROPOSALS.rows(viewer).filter(session__process=process, pk__in=numbers).order_by("pk")
    found = list(rows.select_for_update(of=("self",)))
    if len(found) != len(set(numbers)):
        raise ValidationError({"proposals": _("One of the proposals is not there any more.")})
    return found


def _move(viewer: Viewer, kind: str, priority: Priority, rows: list[Proposal]) -> None:
    Proposal.objects.filter(pk__in=[one.pk for one in rows]).update(priority=priority)
    _step(viewer, priority.process, kind, priority, [[one.pk, one.priority_id] for one in rows])


def _step(
    viewer: Viewer,
    process: Process,
    kind: str,
    priority: Priority | None,
    moved: list[Any],
    *,
    other: Priority | None = None,
) -> None:
    step = GroupingStep.objects.create(
        process=process, kind=kind, priority=priority, other=other, moved=moved, done_by_id=viewer.user_id
    )
    note(viewer, process, "grouped", step=step.pk, kind=str(kind), proposals=len(moved))


def _checked_priority(title: str, words: str, theme: str) -> dict[str, str]:
    said = {"title": clean_words(title), "words": clean_words(words), "theme": clean_words(theme)}
    problems: dict[str, list[str]] = {}
    if not plain_words(said["title"]):
        problems["title"] = [_("Write what is to be done, in a few words.")]
    for name, longest in (("title", LONGEST_TITLE), ("words", LONGEST_WORDS), ("theme", LONGEST_THEME)):
        if len(said[name]) > longest:
            problems.setdefault(name, []).append(_("At most %(n)d characters.") % {"n": longest})
        if held := held_words(said[name]):
            problems.setdefault(name, []).extend(held)
    if problems:
        raise ValidationError(problems)
    return said
