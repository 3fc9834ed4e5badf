"""Addresses of dialogues as files."""

from django.urls import URLPattern, path

from dialogues.exports.catalogue import SHEETS
from dialogues.views import exports

exports_urls: list[URLPattern] = [
    path(f"exports/{sheet.name}.{ending}", view(sheet), name=f"export-{sheet.name}-{ending}")
    for sheet in SHEETS.values()
    for ending, view in (("csv", exports.as_csv), ("xlsx", exports.as_xlsx))
]
