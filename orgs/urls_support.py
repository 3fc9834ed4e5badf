"""Addresses of support to organisations."""

from collections.abc import Iterator

from django.urls import URLPattern, path

from orgs.presentation.support import KINDS
from orgs.views import support, support_counts, support_files


def _of_kind(key: str) -> Iterator[URLPattern]:
    """The list of one kind, its file, one row and the steps on it."""
    base, given = f"orgs/support/{key}/", {"key": key}
    yield path(base, support.listed, given, name=f"support-{key}")
    yield path(f"{base}file.csv", support_files.file, given, name=f"support-{key}-file")
    yield path(f"{base}new/", support.new, given, name=f"support-{key}-new")
    yield path(f"{base}<int:number>/", support.one, given, name=f"support-{key}-one")
    yield path(f"{base}<int:number>/edit/", support.edit, given, name=f"support-{key}-edit")
    yield path(f"{base}<int:number>/state/", support.state, given, name=f"support-{key}-state")


support_urls: list[URLPattern] = [
    path("orgs/support/", support.overview, name="support"),
    *(pattern for key in KINDS for pattern in _of_kind(key)),
    path(
        "orgs/support/trainings/<int:number>/attendance/",
        support_counts.attendance,
        {"key": "trainings"},
        name="support-trainings-attendance",
    ),
    path(
        "orgs/support/programmes/<int:number>/counts/",
        support_counts.counts,
        {"key": "programmes"},
        name="support-programmes-counts",
    ),
    path(
        "orgs/support/grants/<int:number>/reports/",
        support_counts.report,
        {"key": "grants"},
        name="support-grants-reports",
    ),
]
