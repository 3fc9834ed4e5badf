"""The web application as the web server calls it."""

import os
from collections.abc import Callable, Iterable
from typing import Any

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

FOR_PROGRAMS = ("/api/v1/", "/gateways/", "/openrosa/")
"""Addresses that programs call with proof of their own: no session, no form, no cookie."""


class ApiHandler(WSGIHandler):
    """Answers programs through ``settings.API_MIDDLEWARE``: no session, no forms, no cookies, no pages.

    What pages need cost a program's request more than its own query (docs/decisions/0005-api-lists.md). Gateways prove
    themselves by a secret or a signature, never by a cookie.
    """

    def load_middleware(self, is_async: bool = False) -> None:
        """Load the short chain. Runs once, while the process starts."""
        for_pages, settings.MIDDLEWARE = settings.MIDDLEWARE, settings.API_MIDDLEWARE
        try:
            super().load_middleware(is_async)
        finally:
            settings.MIDDLEWARE = for_pages


django.setup(set_prefix=False)
_pages = WSGIHandler()
_programs = ApiHandler()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Give a request to pages or to what programs call, by its address."""
    handler = _programs if environ.get("PATH_INFO", "").startswith(FOR_PROGRAMS) else _pages
    answer: Iterable[bytes] = handler(environ, start_response)
    return answer
