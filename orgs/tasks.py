"""Tasks of the foundation, and what a worker does when it starts and stops."""

from typing import Any

from celery import shared_task
from celery.signals import worker_ready, worker_shutting_down

from orgs import audit
from orgs.imports.tasks import forget_imports, resume_imports, work_on_import
from orgs.messaging import stopping
from orgs.messaging.tasks import drain, forget_sms, read_sms, sweep
from orgs.services import accounts, confirmations, verification

__all__ = [
    "age_entries",
    "ask_contacts",
    "drain",
    "forget_expired",
    "forget_imports",
    "forget_sms",
    "read_sms",
    "resume_imports",
    "seal_audit",
    "settle_confirmations",
    "sweep",
    "work_on_import",
]


@shared_task(name="orgs.tasks.seal_audit", ignore_result=True)
def seal_audit() -> None:
    """Seal the audit entries written since the last time."""
    audit.seal_entries()


@shared_task(name="orgs.tasks.forget_expired", ignore_result=True)
def forget_expired() -> None:
    """Remove sessions and counts of tries whose time is over."""
    accounts.forget_expired()


@shared_task(name="orgs.tasks.age_entries", ignore_result=True)
def age_entries() -> None:
    """Verified entries that nobody has confirmed for long are to be checked again."""
    verification.let_age()


@shared_task(name="orgs.tasks.ask_contacts", ignore_result=True)
def ask_contacts() -> None:
    """Ask contacts whether entries that nobody has touched for long are still right."""
    confirmations.ask_contacts()


@shared_task(name="orgs.tasks.settle_confirmations", ignore_result=True)
def settle_confirmations() -> None:
    """Note on contacts whether the question reached them."""
    confirmations.settle()


@worker_ready.connect
def sweep_first(**kwargs: Any) -> None:
    """A worker that starts looks at once for what the last one left."""
    sweep.apply_async(retry=False)


worker_shutting_down.connect(stopping.request)
