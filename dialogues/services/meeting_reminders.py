"""Telling those who keep a committee that it should have met: the day after, then every 30 days until a meeting is
held or planned.

The words are given when a reminder leaves (``dialogues.reminder_words``).
"""

from datetime import date

from django.utils import timezone

from dialogues.access import committees_kept
from dialogues.committees import OVERDUE, with_due
from dialogues.models import Committee, MeetingReminder
from dialogues.services.reminding import EVERY, Due, Series

MEETING_REMINDERS = Series(MeetingReminder, "committee", "meeting_reminder")


def remind_of_meetings() -> int:
    """Write every reminder of an overdue meeting that is not written yet; how many. Demonstrations remind nobody."""
    today = timezone.localdate()
    late = list(with_due(Committee.objects.filter(is_demo=False)).filter(standing=OVERDUE).select_related("process"))
    kept = committees_kept(late)
    return MEETING_REMINDERS.write(
        [Due(row.pk, period_of(row.next_due, today), person) for row in late for person in kept.to_remind(row)]
    )


def period_of(next_due: date, today: date) -> str:
    """Which reminder of a meeting is due, named after the day: once a committee has met, its next day begins anew."""
    return f"{next_due:%Y%m%d}-{(today - next_due).days // EVERY}"
