"""Addresses of what keeps entries alive: contacts, suggested changes, verification, confirmations."""

from django.urls import path

from orgs.views.living import confirm, contacts, edit, life, requests

living_urls = [
    path("orgs/new/", edit.new, name="organisation-new"),
    path("orgs/requests/", requests.queue, name="change-requests"),
    path("orgs/requests/mine/", requests.mine, name="changes-mine"),
    path("orgs/requests/<int:pk>/", requests.one, name="change-request"),
    path("orgs/requests/<int:pk>/withdraw/", requests.withdraw, name="change-withdraw"),
    path("orgs/confirm/<str:token>/", confirm.confirm, name="confirm"),
    path("orgs/confirm/<str:token>/changed/", confirm.changed, name="confirm-changed"),
    path("orgs/<slug:slug>/edit/", edit.edit, name="org-edit"),
    path("orgs/<slug:slug>/verify/", life.verify, name="org-verify"),
    path("orgs/<slug:slug>/doubt/", life.doubt, name="org-doubt"),
    path("orgs/<slug:slug>/retire/", life.retire, name="org-retire"),
    path("orgs/<slug:slug>/take-back/", life.take_back, name="org-take-back"),
    path("orgs/<slug:slug>/right/", life.right, name="org-right"),
    path("orgs/<slug:slug>/contacts/", contacts.contacts, name="org-contacts"),
    path("orgs/<slug:slug>/contacts/new/", contacts.new_contact, name="org-contact-new"),
    path("orgs/<slug:slug>/contacts/<int:pk>/", contacts.contact, name="org-contact"),
    path("orgs/<slug:slug>/contacts/<int:pk>/end/", contacts.end_contact, name="org-contact-end"),
    path("orgs/<slug:slug>/contacts/<int:pk>/resume/", contacts.resume_contact, name="org-contact-resume"),
    path("orgs/<slug:slug>/contacts/<int:pk>/proof/", contacts.prove_contact, name="org-contact-proof"),
]
