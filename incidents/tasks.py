"""What workers are woken for in this room."""

from celery import shared_task

from incidents.services import alert_life, climbing, falling_back, joining, media, sms_conversations

__all__ = ["climb_ladders", "end_sms_conversations", "expire_alerts", "fall_back", "forget_media", "join_held"]


@shared_task(name="incidents.tasks.end_sms_conversations", ignore_result=True)
def end_sms_conversations() -> None:
    """Make reports of conversations by SMS whose time is over."""
    sms_conversations.end_expired()


@shared_task(name="incidents.tasks.join_held", ignore_result=True)
def join_held() -> None:
    """Write the messages of what was held until now."""
    joining.join_held()


@shared_task(name="incidents.tasks.forget_media", ignore_result=True)
def forget_media() -> None:
    """Remove files that belong to nothing, and uploads that never came to their end."""
    media.forget_media()


@shared_task(name="incidents.tasks.climb_ladders", ignore_result=True)
def climb_ladders() -> None:
    """Take the next step of the ladders whose time has come."""
    climbing.climb_due()


@shared_task(name="incidents.tasks.expire_alerts", ignore_result=True)
def expire_alerts() -> None:
    """End the alerts whose time is over, and say so to those who had them."""
    alert_life.expire_due()


@shared_task(name="incidents.tasks.fall_back", ignore_result=True)
def fall_back() -> None:
    """Take the next way of people whom an alert did not reach in time."""
    falling_back.fall_back()
