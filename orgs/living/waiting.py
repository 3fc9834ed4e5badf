"""What waits for those who keep the directory."""

from collections.abc import Iterable

from django.db.models import QuerySet
from django.utils.translation import ngettext

from orgs.access import CHANGES, may_see_queue
from orgs.models import ChangeRequest, ChangeState
from orgs.policy import Viewer
from orgs.providers import Waits

TASK = "directory"
QUEUE = "/orgs/requests/"
AS_KEEPER = ("coordinator", "administrator")


def queue_of(viewer: Viewer) -> QuerySet[ChangeRequest]:
    """The suggested changes that are this person's to decide."""
    return CHANGES.rows_as(viewer, *AS_KEEPER).filter(state=ChangeState.OPEN)


def changes_waiting(viewer: Viewer) -> Iterable[Waits]:
    """How many of them wait."""
    if not may_see_queue(viewer):
        return []
    return [Waits(TASK, queue_of(viewer), _change_words, QUEUE)]


def _change_words(count: int) -> str:
    return ngettext("suggested change to decide", "suggested changes to decide", count)
