"""What workers are woken for in this room."""

from celery import shared_task

from dialogues.services import import_working, meeting_reminders, reminders

__all__ = [
    "forget_session_imports",
    "remind_due",
    "remind_of_meetings",
    "resume_session_imports",
    "work_on_session_import",
]


@shared_task(name="dialogues.tasks.remind_due", ignore_result=True)
def remind_due() -> None:
    """Remind those who promised something that is due."""
    reminders.remind_due()


@shared_task(name="dialogues.tasks.remind_of_meetings", ignore_result=True)
def remind_of_meetings() -> None:
    """Tell those who keep a committee that it should have met."""
    meeting_reminders.remind_of_meetings()


@shared_task(name="dialogues.tasks.work_on_session_import", ignore_result=True)
def work_on_session_import(job_id: int) -> None:
    """Read, bring in or take back one import of sessions, whichever is asked."""
    import_working.work(job_id)


@shared_task(name="dialogues.tasks.resume_session_imports", ignore_result=True)
def resume_session_imports() -> None:
    """Go on with imports whose worker died, or that nobody was woken for."""
    import_working.resume_lost()


@shared_task(name="dialogues.tasks.forget_session_imports", ignore_result=True)
def forget_session_imports() -> None:
    """Forget what files of sessions said once a month has passed."""
    import_working.forget_old()
