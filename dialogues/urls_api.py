"""Addresses of the API."""

from typing import Any

from django.urls import URLPattern, path

from dialogues.api.entry import SessionEntry
from dialogues.api.resources import (
    AGREEMENT_RESOURCE,
    COMMITMENT_RESOURCE,
    COMMITTEE_RESOURCE,
    PROCESS_RESOURCE,
    SESSION_RESOURCE,
)
from dialogues.api.views import AgreementList, AgreementOne, CommitteeList, CommitteeOne, SessionOne
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
    *_paths(SESSION_RESOURCE, one=SessionOne, many=SessionEntry),
    *_paths(PROCESS_RESOURCE),
    *_paths(COMMITMENT_RESOURCE),
    *_paths(AGREEMENT_RESOURCE, one=AgreementOne, many=AgreementList),
    *_paths(COMMITTEE_RESOURCE, one=CommitteeOne, many=CommitteeList),
]
