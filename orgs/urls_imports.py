"""Addresses of imports and exports of the directory."""

from django.urls import URLPattern, path

from orgs.exports.addresses import table_paths
from orgs.views import exports, imports

imports_urls: list[URLPattern] = [
    path("orgs/import/", imports.import_list, name="imports"),
    *table_paths("orgs/import/example", imports.import_example, "import-example"),
    path("orgs/import/<int:number>/", imports.import_page, name="import"),
    path("orgs/import/<int:number>/columns/", imports.import_columns, name="import-columns"),
    path("orgs/import/<int:number>/decide/", imports.import_decide, name="import-decide"),
    path("orgs/import/<int:number>/start/", imports.import_start, name="import-start"),
    path("orgs/import/<int:number>/stop/", imports.import_stop, name="import-stop"),
    path("orgs/import/<int:number>/reopen/", imports.import_reopen, name="import-reopen"),
    path("orgs/import/<int:number>/undo/", imports.import_undo, name="import-undo"),
    *table_paths("orgs/import/<int:number>/problems", imports.import_problems, "import-problems"),
    *table_paths("exports/organisations", exports.organisations_table, "export-organisations"),
    path("exports/organisations.geojson", exports.organisations_geojson, name="export-organisations-geojson"),
]
