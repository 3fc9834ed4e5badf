"""Addresses of the API."""

from typing import Any

from django.urls import URLPattern, path

from dialogues.api.resources import COMMITMENT_RESOURCE, PROCESS_RESOURCE, SESSION_RESOURCE
from dialogues.api.views import SessionOne
from orgs.api.resources import Resource
from orgs.api.views import views_of


def _paths(resource: Resource[Any], **options: Any) -> list[URLPattern]:
    listed, one = views_of(resource, **options)
    base = f"api/v1/{resource.name}/"
    return [
        path(base, listed, name=f"api-{resource.name}"),
        path(f"{base}<uuid:key>/", one, name=f"api-{resource.name}-one"),
    ]


api_urls: list[URLPattern] = [
    *_paths(SESSION_RESOURCE, one=SessionOne),
    *_paths(PROCESS_RESOURCE),
    *_paths(COMMITMENT_RESOURCE),
]
