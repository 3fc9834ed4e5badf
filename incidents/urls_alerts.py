"""Addresses of alerts."""

from django.urls import path

from incidents.views import alert_drafts, alert_life, alerts, safety, truth
from orgs.exports.addresses import table_paths

alert_urls = [
    path("incidents/<str:ref>/alert/", alert_drafts.alert_new, name="alert-new"),
    path("alerts/", alerts.alerts, name="alerts"),
    path("alerts/truth/", truth.alert_truth, name="alert-truth"),
    *table_paths("alerts/truth/table", truth.alert_truth_table, "alert-truth"),
    path("alerts/<uuid:number>/", alerts.alert, name="alert"),
    path("alerts/<uuid:number>/answer/", alerts.alert_answer, name="alert-answer"),
    path("alerts/<uuid:number>/calls/", alerts.alert_calls, name="alert-calls"),
    path("alerts/<uuid:number>/calls/<int:delivery>/", alerts.alert_call, name="alert-call"),
    path("alerts/<uuid:number>/safety/", safety.alert_safety, name="alert-safety"),
    path("alerts/<uuid:number>/close/", truth.alert_close, name="alert-close"),
    path("alerts/<uuid:number>/preview/", alert_drafts.alert_preview, name="alert-preview"),
    path("alerts/<uuid:number>/words/", alert_drafts.alert_words, name="alert-words"),
    path("alerts/<uuid:number>/lines/", alert_drafts.alert_line_add, name="alert-line-add"),
    path("alerts/<uuid:number>/lines/<int:line>/remove/", alert_drafts.alert_line_remove, name="alert-line-remove"),
    path("alerts/<uuid:number>/propose/", alert_drafts.alert_propose, name="alert-propose"),
    path("alerts/<uuid:number>/release/", alert_drafts.alert_release, name="alert-release"),
    path("alerts/<uuid:number>/cancel/", alert_drafts.alert_cancel, name="alert-cancel"),
    path("alerts/<uuid:number>/discard/", alert_drafts.alert_discard, name="alert-discard"),
    path("alerts/<uuid:number>/update/", alert_life.alert_follow, {"kind": "update"}, name="alert-update"),
    path("alerts/<uuid:number>/correct/", alert_life.alert_follow, {"kind": "correction"}, name="alert-correct"),
    path("alerts/<uuid:number>/copies/<int:rendition>/<slug:purpose>/", alert_life.alert_copy, name="alert-copy"),
    path("alerts/<uuid:number>/links/", alert_life.alert_links, name="alert-links"),
    path("alerts/<uuid:number>/links/recall/", alert_life.alert_links_recall, name="alert-links-recall"),
    path("alerts/<uuid:number>/links/<int:delivery>/recall/", alert_life.alert_link_recall, name="alert-link-recall"),
    # In messages: short, and without anything about the alert.
    path("a/<slug:token>/", alert_life.alert_link, name="alert-link"),
]
