"""What workers are woken for in this room."""

from celery import shared_task

from incidents.services import alert_life, media, sms_conversations

__all__ = ["end_sms_conversations", "expire_alerts", "forget_media"]


@shared_task(name="incidents.tasks.end_sms_conversations", ignore_result=True)
def end_sms_conversations() -> None:
    """Make reports of conversations by SMS whose time is over."""
    sms_conversations.end_expired()


@shared_task(name="incidents.tasks.forget_media", ignore_result=True)
def forget_media() -> None:
    """Remove files that belong to nothing, and uploads that never came to their end."""
    media.forget_media()


@shared_task(name="incidents.tasks.expire_alerts", ignore_result=True)
def expire_alerts() -> None:
    """End the alerts whose time is over, and say so to those who had them."""
    alert_life.expire_due()
