"""Addresses of agreements."""

from django.urls import URLPattern, path

from dialogues.views import agreements as views

agreements_urls: list[URLPattern] = [
    path("dialogues/agreements/", views.agreements, name="agreements"),
    path("dialogues/agreements/new/", views.agreement_new, name="agreement-new"),
    path("dialogues/agreements/<uuid:uid>/", views.agreement, name="agreement"),
    path("dialogues/agreements/<uuid:uid>/edit/", views.agreement_edit, name="agreement-edit"),
    path("dialogues/agreements/<uuid:uid>/provisions/", views.agreement_provisions, name="agreement-provisions"),
    path("dialogues/agreements/provisions/<int:number>/assess/", views.provision_assess, name="provision-assess"),
    path("dialogues/agreements/provisions/<int:number>/incidents/", views.provision_touch, name="provision-touch"),
    path("dialogues/agreements/incidents/<int:number>/remove/", views.provision_untouch, name="provision-untouch"),
]
