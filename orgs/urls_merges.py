"""Addresses of merging two entries and undoing it."""

from django.urls import URLPattern, path

from orgs.views import merges

merges_urls: list[URLPattern] = [
    path("orgs/merge/", merges.merge, name="merge-organisations"),
    path("orgs/merges/", merges.merges, name="merges"),
    path("orgs/merges/<int:number>/", merges.one_merge, name="merge"),
    path("orgs/merges/<int:number>/undo/", merges.undo, name="undo-merge"),
    path("orgs/duplicates/", merges.duplicates, name="duplicates"),
    path("orgs/duplicates/dismiss/", merges.dismiss, name="dismiss-duplicate"),
]
