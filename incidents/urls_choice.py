"""Addresses of subscriptions, rules, hours and duty rosters."""

from django.urls import path

from incidents.views import duty, subscriptions

choice_urls = [
    path("alerts/subscriptions/", subscriptions.mine, name="subscriptions"),
    path("alerts/subscriptions/new/", subscriptions.new, name="subscription-new"),
    path("alerts/subscriptions/rules/new/", subscriptions.new_rule, name="subscription-rule-new"),
    path("alerts/subscriptions/hours/", subscriptions.hours, name="subscription-hours"),
    path("alerts/subscriptions/<int:number>/", subscriptions.change, name="subscription"),
    path("alerts/subscriptions/<int:number>/pause/", subscriptions.pause, name="subscription-pause"),
    path("alerts/subscriptions/<int:number>/resume/", subscriptions.resume, name="subscription-resume"),
    path("alerts/subscriptions/<int:number>/delete/", subscriptions.delete, name="subscription-delete"),
    path("alerts/subscriptions/<int:number>/restore/", subscriptions.restore, name="subscription-restore"),
    path("alerts/subscriptions/<int:number>/digest/", subscriptions.as_digest, name="subscription-as-digest"),
    path("alerts/digest/off/<str:token>/", subscriptions.digest_off, name="digest-off"),
    path("alerts/duty/", duty.duty, name="duty"),
    path("alerts/duty/new/", duty.new, name="duty-new"),
    path("alerts/duty/<int:number>/", duty.roster, name="duty-roster"),
    path("alerts/duty/<int:number>/change/", duty.change, name="duty-change"),
    path("alerts/duty/<int:number>/shifts/", duty.shift_add, name="duty-shift-add"),
    path("alerts/duty/<int:number>/shifts/<int:shift>/remove/", duty.shift_remove, name="duty-shift-remove"),
    path("alerts/duty/<int:number>/replace/", duty.replace, name="duty-replace"),
    path("alerts/duty/<int:number>/replace/<int:replacement>/remove/", duty.replace_remove, name="duty-replace-remove"),
    path("alerts/duty/<int:number>/delete/", duty.delete, name="duty-delete"),
    path("alerts/duty/<int:number>/restore/", duty.restore, name="duty-restore"),
]
