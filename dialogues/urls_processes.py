"""Addresses of processes, inclusion, the calendar and the loop from incidents."""

from django.urls import URLPattern, path

from dialogues.views import answers, areas, calendar, inclusion, processes

processes_urls: list[URLPattern] = [
    path("dialogues/processes/", processes.process_list, name="dialogue-processes"),
    path("dialogues/processes/new/", processes.process_new, name="dialogue-process-new"),
    path("dialogues/processes/<uuid:uid>/", processes.process_page, name="dialogue-process"),
    path("dialogues/processes/<uuid:uid>/edit/", processes.process_edit, name="dialogue-process-edit"),
    path("dialogues/processes/<uuid:uid>/bodies/", processes.process_bodies, name="dialogue-process-bodies"),
    path("dialogues/processes/<uuid:uid>/links/", answers.process_links, name="dialogue-process-links"),
    path("dialogues/sessions/<uuid:uid>/links/", answers.session_links, name="dialogue-session-links"),
    path("dialogues/answers/<str:ref>/", answers.incident_answers, name="incident-answers"),
    path("dialogues/inclusion/", inclusion.inclusion, name="dialogue-inclusion"),
    path("dialogues/left-behind/", inclusion.left_behind, name="dialogue-left-behind"),
    path("dialogues/areas/<str:pcode>/", areas.area_page, name="dialogue-area"),
    path("dialogues/calendar/", calendar.calendar_page, name="dialogue-calendar"),
    path("dialogues/calendar/<str:token>.ics", calendar.calendar_feed, name="dialogue-calendar-feed"),
]
