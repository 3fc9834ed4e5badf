"""What workers are woken for in this room."""

from celery import shared_task

from incidents.services import sms_conversations


@shared_task(name="incidents.tasks.end_sms_conversations", ignore_result=True)
def end_sms_conversations() -> None:
    """Make reports of conversations by SMS whose time is over."""
    sms_conversations.end_expired()
