"""Addresses of programs' doors. Phones add no slash, and a redirection would lose what they send."""

from django.urls import path

from incidents.openrosa import views
from incidents.views.webhook import webhook

openrosa_urls = [
    path("gateways/webhook/<slug:webhook_source>/", webhook, name="webhook"),
    path("openrosa/formList", views.list_of_forms, name="openrosa-list"),
    path("openrosa/submission", views.submission, name="openrosa-submission"),
    path("openrosa/forms/<slug:openrosa_form>.xml", views.form_xml, name="openrosa-form"),
    path("openrosa/forms/<slug:openrosa_form>/manifest", views.form_manifest, name="openrosa-manifest"),
    path("openrosa/forms/<slug:openrosa_form>/<str:openrosa_file>", views.form_media, name="openrosa-media"),
]
