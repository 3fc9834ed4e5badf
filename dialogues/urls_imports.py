"""Addresses of files of sessions that are brought in."""

from django.urls import URLPattern, path

from dialogues.views import import_columns, imports

imports_urls: list[URLPattern] = [
    path("dialogues/import/", imports.session_imports, name="session-imports"),
    path("dialogues/import/example.csv", imports.session_import_example, name="session-import-example"),
    path("dialogues/import/<uuid:uid>/", imports.session_import, name="session-import"),
    path("dialogues/import/<uuid:uid>/columns/", import_columns.session_import_columns, name="session-import-columns"),
    path("dialogues/import/<uuid:uid>/start/", imports.session_import_start, name="session-import-start"),
    path("dialogues/import/<uuid:uid>/stop/", imports.session_import_stop, name="session-import-stop"),
    path("dialogues/import/<uuid:uid>/reopen/", imports.session_import_reopen, name="session-import-reopen"),
    path("dialogues/import/<uuid:uid>/undo/", imports.session_import_undo, name="session-import-undo"),
    path("dialogues/import/<uuid:uid>/mend.csv", imports.session_import_mend, name="session-import-mend"),
]
