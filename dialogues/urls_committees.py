"""Addresses of committees."""

from django.urls import URLPattern, path

from dialogues.views import committee_seats as inside
from dialogues.views import committees as views

committees_urls: list[URLPattern] = [
    path("dialogues/committees/", views.committees, name="committees"),
    path("dialogues/committees/new/", views.committee_new, name="committee-new"),
    path("dialogues/committees/<uuid:uid>/", views.committee, name="committee"),
    path("dialogues/committees/<uuid:uid>/edit/", views.committee_edit, name="committee-edit"),
    path("dialogues/committees/<uuid:uid>/meetings/", views.committee_meetings, name="committee-meetings"),
    path("dialogues/committees/meetings/<int:number>/remove/", views.meeting_remove, name="committee-meeting-remove"),
    path("dialogues/committees/<uuid:uid>/seats/", inside.seat_new, name="committee-seat-new"),
    path("dialogues/committees/seats/<int:number>/", inside.seat, name="committee-seat"),
    path("dialogues/committees/holdings/<int:number>/name/", inside.holder_name, name="committee-holder-name"),
    path("dialogues/committees/<uuid:uid>/decisions/", inside.decision_new, name="committee-decision-new"),
    path("dialogues/committees/decisions/<int:number>/", inside.decision, name="committee-decision"),
]
