"""Tasks of the foundation, and what a worker does when it starts and stops."""

from typing import Any

from celery import shared_task
from celery.signals import worker_ready, worker_shutting_down

from orgs import audit
from orgs.messaging import stopping
from orgs.messaging.tasks import drain, forget_sms, read_sms, sweep
from orgs.services import accounts

__all__ = ["drain", "forget_expired", "forget_sms", "read_sms", "seal_audit", "sweep"]


@shared_task(name="orgs.tasks.seal_audit", ignore_result=True)
def seal_audit() -> None:
    """Seal the audit entries written since the last time."""
    audit.seal_entries()


@shared_task(name="orgs.tasks.forget_expired", ignore_result=True)
def forget_expired() -> None:
    """Remove sessions and counts of tries whose time is over."""
    accounts.forget_expired()


@worker_ready.connect
def sweep_first(**kwargs: Any) -> None:
    """A worker that starts looks at once for what the last one left."""
    sweep.apply_async(retry=False)


worker_shutting_down.connect(stopping.request)
