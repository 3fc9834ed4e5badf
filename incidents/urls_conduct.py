"""Addresses of what people say of the conduct of forces."""

from django.urls import path

from incidents.views import conduct, conduct_overview

conduct_urls = [
    path("conduct/", conduct.conduct_form, name="conduct"),
    path("conduct/sent/", conduct.conduct_sent, name="conduct-sent"),
    path("conduct/follow-up/", conduct.conduct_follow_up, name="conduct-follow-up"),
    path("conduct/erase/", conduct.conduct_erase, name="conduct-erase"),
    path("conduct/overview/", conduct_overview.conduct_overview, name="conduct-overview"),
    path("conduct/patterns/new/", conduct_overview.conduct_pattern, name="conduct-pattern"),
    path(
        "conduct/patterns/<int:number>/withdraw/",
        conduct_overview.conduct_pattern_withdraw,
        name="conduct-pattern-withdraw",
    ),
    path("conduct/<int:number>/", conduct_overview.conduct_one, name="conduct-one"),
]
