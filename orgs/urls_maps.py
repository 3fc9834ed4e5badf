"""Addresses of the map of the directory and of its gaps."""

from django.urls import URLPattern, path

from orgs.views import gaps, maps, state_services

maps_urls: list[URLPattern] = [
    path("orgs/map/", maps.directory_map, name="directory-map"),
    path("orgs/map/clusters.json", maps.map_clusters, name="map-clusters"),
    path("orgs/map/outlines.geojson", maps.map_outlines, name="map-outlines"),
    path("orgs/gaps/", gaps.coverage_gaps, name="coverage-gaps"),
    path("orgs/gaps.csv", gaps.gaps_csv, name="gaps-csv"),
    path("orgs/services/", state_services.state_services, name="state-services"),
    path("orgs/services/new/", state_services.new_state_service, name="new-state-service"),
    path("orgs/services/<int:pk>/withdraw/", state_services.withdraw_state_service, name="withdraw-state-service"),
    path("orgs/services/<int:pk>/restore/", state_services.restore_state_service, name="restore-state-service"),
]
