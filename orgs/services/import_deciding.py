"""What a person says about the lines of an import before they come in."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import connection, transaction
from django.utils.translation import gettext as _

from orgs.models import ImportJob, ImportRow, ImportState, RowDecision, RowState
from orgs.policy import Viewer
from orgs.services.errors import NotAllowed
from orgs.services.import_reading import save_proposals
from orgs.services.imports import hold

INTO = "update:"


def decide(*, viewer: Viewer, job: ImportJob, choices: Mapping[int, str], all_likely: str = "") -> int:
    """Say of lines, by their number in the database, ``create``, ``skip`` or ``update:<entry>``; how many changed.

    ``all_likely`` says the same of every line that is perhaps known (``update``: into the likeliest entry). Choices
    that make no sense are passed over: a page may be old.
    """
    with transaction.atomic():
        held = hold(viewer, job, ImportState.READY)
        changed = 0
        if all_likely:
            if all_likely not in RowDecision.values:
                raise NotAllowed(_("Choose what to do with these lines."))
            changed += _decide_all(held, all_likely)
        rows = list(held.rows.filter(pk__in=list(choices), leader__isnull=True).exclude(state=RowState.ERROR))
        moved = [row for row in rows if _decide(row, choices[row.pk])]
        if moved:
            save_proposals(moved)
        return changed + len(moved)


def candidates(row: ImportRow) -> list[int]:
    """The entries into which a line may go."""
    found = [int(one["id"]) for one in row.likely]
    return found if row.match_id is None or row.match_id in found else [row.match_id, *found]


def _decide(row: ImportRow, choice: str) -> bool:
    before = (row.decision, row.match_id)
    if choice in (RowDecision.CREATE, RowDecision.SKIP):
        row.decision = RowDecision(choice)
    elif choice.startswith(INTO) and choice[len(INTO) :].isdigit() and int(choice[len(INTO) :]) in candidates(row):
        wanted = int(choice[len(INTO) :])
        if wanted != row.match_id:
            row.match_id, row.match_by = wanted, "chosen"
        row.decision = RowDecision.UPDATE
    if before == (row.decision, row.match_id):
        return False
    row.is_decided = True
    return True


_ALL = """
UPDATE orgs_importrow
   SET decision = %(decision)s, is_decided = true,
       match_id = CASE WHEN %(decision)s = 'update' THEN (likely -> 0 ->> 'id')::bigint ELSE match_id END,
       match_by = CASE WHEN %(decision)s = 'update' THEN 'chosen' ELSE match_by END
 WHERE job_id = %(job)s AND state = 'likely' AND leader_id IS NULL
   AND (%(decision)s <> 'update'
        OR EXISTS (SELECT FROM orgs_organisation known WHERE known.id = (likely -> 0 ->> 'id')::bigint))
"""


def _decide_all(job: ImportJob, decision: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_ALL, {"decision": decision, "job": job.pk})
        return int(cursor.rowcount)
