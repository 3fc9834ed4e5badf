"""How the product is put together: settings, addresses, servers, processes."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
