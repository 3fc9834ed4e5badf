"""What workers are woken for. Arguments are names and numbers, never anything about a person."""

from celery import shared_task

from orgs.messaging import drain as draining
from orgs.messaging import reading
from orgs.messaging import sweep as sweeping


@shared_task(name="orgs.messaging.tasks.drain", ignore_result=True)
def drain(channel: str, hands: int | None = None) -> None:
    """Send what is due on a channel; with plenty to do, call up to ``hands`` colleagues."""
    draining.drain(channel, hands=hands)


@shared_task(name="orgs.messaging.tasks.sweep", ignore_result=True)
def sweep() -> None:
    """Find what was lost and wake workers for what is due."""
    sweeping.sweep()


@shared_task(name="orgs.messaging.tasks.read_sms", ignore_result=True)
def read_sms() -> None:
    """Read the SMS that came in and whose turn it is."""
    reading.read_due()


@shared_task(name="orgs.messaging.tasks.forget_sms", ignore_result=True)
def forget_sms() -> None:
    """Destroy number and words of SMS that were read long ago."""
    reading.forget_read()
