"""Addresses of the actor map and of networks."""

from django.urls import URLPattern, path

from orgs.views import actors, networks, ratings

actors_urls: list[URLPattern] = [
    path("actors/", actors.actor_map, name="actor-map"),
    path("actors/wanted/", actors.wanted_actors, name="wanted-actors"),
    path("actors/call/", actors.who_to_call, name="who-to-call"),
    path("actors/rate/", ratings.choose_rater, name="choose-rater"),
    path("actors/rate/<slug:slug>/", ratings.rate, name="rate-actors"),
    path("actors/<int:pk>/", actors.actor, name="actor"),
    path("actors/<int:pk>/roles/add/", actors.add_actor_role, name="add-actor-role"),
    path("actors/roles/<int:pk>/", actors.change_actor_role, name="change-actor-role"),
    path("actors/roles/<int:pk>/end/", actors.end_actor_role, name="end-actor-role"),
    path("actors/roles/<int:pk>/resume/", actors.resume_actor_role, name="resume-actor-role"),
    path("orgs/networks/", networks.network_list, name="networks"),
    path("orgs/networks.csv", networks.network_file, name="networks-file"),
    path("orgs/networks/links/<int:pk>/end/", networks.end_link, name="end-link"),
    path("orgs/networks/links/<int:pk>/resume/", networks.resume_link, name="resume-link"),
    path("orgs/networks/links/<int:pk>/remove/", networks.remove_link, name="remove-link"),
    path("orgs/<slug:slug>/network/", networks.network, name="organisation-network"),
    path("orgs/<slug:slug>/links/add/", networks.add_link, name="add-link"),
]
