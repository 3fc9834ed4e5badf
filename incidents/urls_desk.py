"""Addresses of the desk and of incidents."""

from django.urls import path

from incidents.views import conversations, desk, desk_make, devices, incidents, media, proxy

desk_urls = [
    path("desk/", desk.desk, name="desk"),
    path("desk/reports/<int:number>/", desk.desk_report, name="desk-report"),
    path("desk/reports/<int:number>/attach/", desk.desk_attach, name="desk-attach"),
    path("desk/reports/<int:number>/incident/", desk_make.desk_make, name="desk-make"),
    path("desk/reports/<int:number>/reject/", desk.desk_reject, name="desk-reject"),
    path("desk/reports/<int:number>/reopen/", desk.desk_reopen, name="desk-reopen"),
    path("desk/reports/<int:number>/place/", desk.desk_place, name="desk-place"),
    path("desk/reports/<int:number>/identity/", desk.desk_identity, name="desk-identity"),
    path("desk/devices/", devices.devices, name="devices"),
    path("desk/devices/<int:device>/revoke/", devices.device_revoke, name="device-revoke"),
    path("desk/reports/<int:number>/word/", conversations.desk_word, name="desk-word"),
    path("desk/reports/<int:number>/read/", conversations.desk_read, name="desk-read"),
    path("desk/enter/", proxy.desk_enter, name="desk-enter"),
    path("desk/attachments/<int:attachment_id>/", media.desk_attachment, name="desk-attachment"),
    path("incidents/", incidents.incidents, name="incidents"),
    path("incidents/<str:ref>/", incidents.incident, name="incident"),
    path("incidents/<str:ref>/grades/", incidents.incident_grade, name="incident-grade"),
    path("incidents/<str:ref>/words/", incidents.incident_words, name="incident-words"),
    path("incidents/<str:ref>/place/", incidents.incident_place, name="incident-place"),
    path("incidents/<str:ref>/figures/", incidents.incident_figure, name="incident-figure"),
    path(
        "incidents/<str:ref>/figures/<int:number>/withdraw/",
        incidents.incident_figure_withdraw,
        name="incident-figure-withdraw",
    ),
    path("incidents/<str:ref>/responsible/", incidents.incident_responsible, name="incident-responsible"),
    path(
        "incidents/<str:ref>/responsible/<int:number>/remove/",
        incidents.incident_responsible_remove,
        name="incident-responsible-remove",
    ),
    path("incidents/<str:ref>/verify/", incidents.incident_verify, name="incident-verify"),
    path("incidents/<str:ref>/close/", incidents.incident_close, name="incident-close"),
    path("incidents/<str:ref>/reopen/", incidents.incident_reopen, name="incident-reopen"),
]
