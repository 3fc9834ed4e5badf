"""Addresses of files of sessions that are brought in."""

from django.urls import URLPattern, path

from dialogues.views import import_columns, imports
from orgs.exports.addresses import table_paths

imports_urls: list[URLPattern] = [
    path("dialogues/import/", imports.session_imports, name="session-imports"),
    *table_paths("dialogues/import/example", imports.session_import_example, "session-import-example"),
    path("dialogues/import/<uuid:uid>/", imports.session_import, name="session-import"),
    path("dialogues/import/<uuid:uid>/columns/", import_columns.session_import_columns, name="session-import-columns"),
    path("dialogues/import/<uuid:uid>/start/", imports.session_import_start, name="session-import-start"),
    path("dialogues/import/<uuid:uid>/stop/", imports.session_import_stop, name="session-import-stop"),
    path("dialogues/import/<uuid:uid>/reopen/", imports.session_import_reopen, name="session-import-reopen"),
    path("dialogues/import/<uuid:uid>/undo/", imports.session_import_undo, name="session-import-undo"),
    *table_paths("dialogues/import/<uuid:uid>/mend", imports.session_import_mend, "session-import-mend"),
]
