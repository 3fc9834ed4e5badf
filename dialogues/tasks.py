"""What workers are woken for in this room."""

from celery import shared_task

from dialogues.services import reminders

__all__ = ["remind_due"]


@shared_task(name="dialogues.tasks.remind_due", ignore_result=True)
def remind_due() -> None:
    """Remind those who promised something that is due."""
    reminders.remind_due()
