"""Tasks of reports and incidents."""

from celery import shared_task

from incidents.services import media

__all__ = ["forget_media"]


@shared_task(name="incidents.tasks.forget_media", ignore_result=True)
def forget_media() -> None:
    """Remove files that belong to nothing, and uploads that never came to their end."""
    media.forget_media()
