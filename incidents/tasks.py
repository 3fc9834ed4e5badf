"""What workers are woken for in this room."""

from celery import shared_task

from incidents.services import falling_back, media, sms_conversations

__all__ = ["end_sms_conversations", "fall_back", "forget_media"]


@shared_task(name="incidents.tasks.end_sms_conversations", ignore_result=True)
def end_sms_conversations() -> None:
    """Make reports of conversations by SMS whose time is over."""
    sms_conversations.end_expired()


@shared_task(name="incidents.tasks.forget_media", ignore_result=True)
def forget_media() -> None:
    """Remove files that belong to nothing, and uploads that never came to their end."""
    media.forget_media()


@shared_task(name="incidents.tasks.fall_back", ignore_result=True)
def fall_back() -> None:
    """Take the next way of people whom an alert did not reach in time."""
    falling_back.fall_back()
