"""Addresses of the API of this app."""

from typing import Any

from django.urls import URLPattern, path

from incidents.api.entry import ReportBatch, ReportEntry
from incidents.api.resources import ALERT_RESOURCE, DELIVERY_RESOURCE, INCIDENT_RESOURCE, REPORT_RESOURCE
from incidents.api.views import IncidentOne
from orgs.api.resources import Resource
from orgs.api.views import views_of

__all__ = ["api_urls"]


def _paths(resource: Resource[Any], converter: str, **options: Any) -> list[URLPattern]:
    listed, one = views_of(resource, **options)
    base = f"api/v1/{resource.name}/"
    return [
        path(base, listed, name=f"api-{resource.name}"),
        path(f"{base}<{converter}:key>/", one, name=f"api-{resource.name}-one"),
    ]


api_urls: list[URLPattern] = [
    *_paths(INCIDENT_RESOURCE, "slug", one=IncidentOne),
    path("api/v1/reports/batch/", ReportBatch.as_view(), name="api-reports-batch"),
    *_paths(REPORT_RESOURCE, "int", many=ReportEntry),
    *_paths(ALERT_RESOURCE, "uuid"),
    *_paths(DELIVERY_RESOURCE, "int"),
]
