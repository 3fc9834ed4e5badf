"""Work on imports in the background. The database says what is to be done: tasks only wake."""

from celery import shared_task

from orgs.services import imports


@shared_task(name="orgs.imports.tasks.work_on_import", ignore_result=True)
def work_on_import(job_id: int) -> None:
    """Read, apply or take back one import, whichever is asked."""
    imports.work(job_id)


@shared_task(name="orgs.imports.tasks.resume_imports", ignore_result=True)
def resume_imports() -> None:
    """Go on with imports whose worker died, or that nobody was woken for."""
    imports.resume_lost()


@shared_task(name="orgs.imports.tasks.forget_imports", ignore_result=True)
def forget_imports() -> None:
    """Forget what files said once a month has passed."""
    imports.forget_old()
