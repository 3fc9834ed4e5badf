"""Work on imports in the background. The database says what is to be done: tasks only wake."""

from celery import shared_task

from orgs.services import import_files, import_working


@shared_task(name="orgs.imports.tasks.work_on_import", ignore_result=True)
def work_on_import(job_id: int) -> None:
    """Read, apply or take back one import, whichever is asked."""
    import_working.work(job_id)


@shared_task(name="orgs.imports.tasks.resume_imports", ignore_result=True)
def resume_imports() -> None:
    """Go on with imports whose worker died, or that nobody was woken for."""
    import_working.resume_lost()


@shared_task(name="orgs.imports.tasks.forget_imports", ignore_result=True)
def forget_imports() -> None:
    """Forget what files said once a month has passed."""
    import_files.forget_old()
