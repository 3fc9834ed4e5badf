"""Addresses of the API of this app, of its schema and of its page."""

from django.urls import URLPattern, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from orgs.api.actors import ACTOR_RESOURCE, ActorOne
from orgs.api.directory import AREA_RESOURCE, ORGANISATION_RESOURCE
from orgs.api.views import views_of

_areas, _area = views_of(AREA_RESOURCE, public=True)
_organisations, _organisation = views_of(ORGANISATION_RESOURCE, public=True)
_actors, _actor = views_of(ACTOR_RESOURCE, one=ActorOne)

api_urls: list[URLPattern] = [
    path("api/schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("api/docs/", SpectacularSwaggerSplitView.as_view(url_name="api-schema"), name="api-docs"),
    path("api/v1/areas/", _areas, name="api-areas"),
    path("api/v1/areas/<int:key>/", _area, name="api-areas-one"),
    path("api/v1/actors/", _actors, name="api-actors"),
    path("api/v1/actors/<int:key>/", _actor, name="api-actors-one"),
    path("api/v1/organisations/", _organisations, name="api-organisations"),
    path("api/v1/organisations/<slug:key>/", _organisation, name="api-organisations-one"),
]
